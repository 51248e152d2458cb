package report

import (
	"encoding/json"
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Encode gives the JSON form of a report, indented, ending in a line feed. docs/report.md
// describes it.
func Encode(r Report) ([]byte, error) {
	r.Version = Version
	encoded, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the report: %w", err)
	}
	return append(encoded, '\n'), nil
}

// Decode reads what [Encode] wrote, also that of a later program as long as the version
// is the same: unknown fields are passed over. What it cannot read is a fault of the
// caller's input.
func Decode(data []byte) (Report, error) {
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Report{}, fault.Usage("reading the report", "It is not JSON, or was cut off.",
			"Give a file that `--format json` or the output `report` has written.").Because(err)
	}
	if head.Version != Version {
		return Report{}, fault.Usage("reading the report", fmt.Sprintf("It has version %d; this program reads version %d.", head.Version, Version),
			"Use the same version of the program for writing and reading.")
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return Report{}, fault.Usage("reading the report", "A field has another type than docs/report.md says.",
			"Give a file that this program has written.").Because(err)
	}
	return r, nil
}
