package plan

import (
	"bytes"
	"compress/flate"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Reviewed is a plan as a rehearsal left it on a pull request.
type Reviewed struct {
	Plan Plan `json:"plan"`
	// Repository is OWNER/NAME, Number the pull request, HeadSHA the commit that was rehearsed.
	Repository string `json:"repository"`
	Number     int    `json:"number"`
	HeadSHA    string `json:"head_sha"`
	// At is when it was rehearsed.
	At time.Time `json:"at"`
	// Run is the id of the workflow run that rehearsed; 0 outside of one.
	Run int64 `json:"run,omitempty"`
	// Blocked tells that the rehearsal's verdict was against it.
	Blocked bool `json:"blocked,omitempty"`
}

const (
	// MaxSealed is how long a sealed plan may be: it shares GitHub's limit for a comment, 65,536
	// characters, with the report.
	MaxSealed = 12 << 10
	// maxPlain bounds what a sealed text may unpack to.
	maxPlain = 4 << 20
	purpose  = "neon-migrations sealed plan 1"
)

// Seal writes r as one line of letters, digits, dashes, underscores and dots, signed with a key that
// is derived from the Neon API key: who has that key can change production anyway. A plan whose
// changes are too many is sealed without their list ([Plan.Changes] is nil then); the fingerprints
// still bind them. The error tells of one that is too long even so.
func Seal(r Reviewed, apiKey secret.Text) (string, error) {
	sealed, err := seal(r, apiKey)
	if err == nil && len(sealed) > MaxSealed {
		r.Plan = r.Plan.withoutChanges()
		sealed, err = seal(r, apiKey)
	}
	if err == nil && len(sealed) > MaxSealed {
		return "", fault.New("keeping the plan", fmt.Sprintf("it is %d characters long, and %d fit into the comment", len(sealed), MaxSealed),
			"merge fewer revisions at a time")
	}
	return sealed, err
}

func (p Plan) withoutChanges() Plan {
	p.Changes, p.Parts = nil, slices.Clone(p.Parts)
	for i := range p.Parts {
		p.Parts[i].Changes = nil
	}
	return p
}

func seal(r Reviewed, apiKey secret.Text) (string, error) {
	r.Plan.Version = Version
	encoded, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("encoding the plan: %w", err)
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(encoded); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	signature, err := sign(packed.Bytes(), apiKey)
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding
	return text.EncodeToString(packed.Bytes()) + "." + text.EncodeToString(signature), nil
}

// Open reads what [Seal] wrote. Anything else, such as a text that somebody edited, is a fault.
func Open(sealed string, apiKey secret.Text) (Reviewed, error) {
	text := base64.RawURLEncoding
	body, mark, _ := strings.Cut(sealed, ".")
	packed, err := text.DecodeString(body)
	if err != nil {
		return Reviewed{}, unreadable("it is not in its form")
	}
	given, err := text.DecodeString(mark)
	if err != nil {
		return Reviewed{}, unreadable("it has no signature")
	}
	want, err := sign(packed, apiKey)
	if err != nil {
		return Reviewed{}, err
	}
	if !hmac.Equal(given, want) {
		return Reviewed{}, unreadable("its signature is not of this Neon API key: somebody edited it, or the key was changed since")
	}
	return unpack(packed)
}

// unpack reads what was found to be our own.
func unpack(packed []byte) (Reviewed, error) {
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxPlain))
	if err != nil {
		return Reviewed{}, unreadable("it cannot be unpacked")
	}
	var r Reviewed
	if err := json.Unmarshal(plain, &r); err != nil {
		return Reviewed{}, unreadable("it is cut short")
	}
	if r.Plan.Version != Version {
		return Reviewed{}, unreadable("it was made by another version of this program")
	}
	return r, nil
}

func unreadable(why string) error {
	return fault.New("reading the reviewed plan", why, "rehearse the pull request again")
}

// sign is HMAC-SHA-256 with a key for this purpose alone (RFC 5869), so that the signature tells
// nothing of the API key.
func sign(content []byte, apiKey secret.Text) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, []byte(apiKey.Reveal()), nil, purpose, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of plans: %w", err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(content)
	return mac.Sum(nil), nil
}
