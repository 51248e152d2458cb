package story

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// plan is what a rehearsal promises. Its digest changes when anything in it does.
type plan struct {
	Version   int              `json:"version"`
	Project   string           `json:"project"`
	Database  string           `json:"database"`
	From      []string         `json:"from"`
	To        []string         `json:"to"`
	Revisions []planned        `json:"revisions"`
	Before    string           `json:"before"`
	After     string           `json:"after"`
	Changes   []catalog.Change `json:"changes"`
}

// planned is one pending revision and the hash of its file.
type planned struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// planVersion grows when the same rehearsal would get another digest.
const planVersion = 1

// digest identifies the plan: "sha256:" and the hash of its JSON form, whose fields have a
// fixed order.
func (p plan) digest() (string, error) {
	p.Version = planVersion
	encoded, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encoding the plan: %w", err)
	}
	sum := sha256.Sum256(encoded)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}
