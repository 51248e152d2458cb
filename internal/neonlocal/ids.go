package neonlocal

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Ids look like Neon's: two words and a random part, within ^[a-z0-9-]{1,60}$.
var (
	adjectives = strings.Fields("aged ancient autumn billowing bitter black blue bold broad broken calm cold cool crimson curly damp dark dawn delicate divine dry empty falling fancy flat floral fragrant frosty gentle green hidden holy icy jolly late lingering little lively long lucky misty morning muddy mute nameless noisy odd old orange patient plain polished proud purple quiet rapid raspy red restless rough round royal shiny shrill shy silent small snowy soft solitary sparkling spring square steep still summer super sweet throbbing tight tiny twilight wandering weathered white wild winter wispy withered yellow young")
	nouns      = strings.Fields("art band bar base bird block boat bonus bread breeze brook bush butterfly cake cell cherry cloud credit darkness dawn dew disk dream dust feather field fire firefly flower fog forest frog frost glade glitter grass hall hat haze heart hill king lab lake leaf limit math meadow mode moon morning mountain mouse mud night paper pine poetry pond queen rain recipe resonance rice river salad scene sea shadow shape silence sky smoke snow snowflake sound star sun sunset surf term thunder tooth tree truth union unit violet voice water waterfall wave wildflower wind wood")
)

const (
	alphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"
	digits       = "0123456789"
	// passwordLetters leave out what shells and URLs would need quoted, as Neon's passwords do.
	passwordLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

func branchID() string   { return "br-" + words() + "-" + random(alphanumeric, 8) }
func endpointID() string { return "ep-" + words() + "-" + random(alphanumeric, 8) }
func projectID() string  { return words() + "-" + random(digits, 8) }

func words() string { return oneOf(adjectives) + "-" + oneOf(nouns) }

// newPassword makes a role's password of Neon's form.
func newPassword() secret.Text { return secret.Text("npg_" + random(passwordLetters, 20)) }

// uuid makes a random (version 4) UUID, as operations and requests have.
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func oneOf(list []string) string { return list[below(len(list))] }

func random(letters string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = letters[below(len(letters))]
	}
	return string(out)
}

func below(n int) int {
	i, _ := rand.Int(rand.Reader, big.NewInt(int64(n))) // never fails since Go 1.24
	return int(i.Int64())
}
