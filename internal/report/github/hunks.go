package github

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	api "github.com/google/go-github/v60/github"
)

// shown are the lines of the new files that a pull request's diff shows, by path: only these can
// be commented.
type shown map[string]map[int]bool

// diff asks for the lines that can be commented. GitHub sends no patch of a file that is binary or
// whose diff is too large, and none of its lines is taken then.
func (c *Client) diff(ctx context.Context, number int) (shown, error) {
	all := pages(func(page api.ListOptions) ([]*api.CommitFile, *api.Response, error) {
		return c.api.PullRequests.ListFiles(ctx, c.owner, c.repo, number, &page)
	})
	lines := shown{}
	for f, err := range all {
		if err != nil {
			return nil, explain(fmt.Sprintf("listing the files of pull request %d", number), err)
		}
		lines[f.GetFilename()] = newLines(f.GetPatch())
	}
	return lines, nil
}

// hunk is the header of a part of a patch; the number is the first line of the new file in it.
var hunk = regexp.MustCompile(`^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@`)

// newLines are the numbers of the new file's lines that a patch shows, context included. They are
// counted and not taken from the headers, so that a patch that GitHub cut promises nothing.
func newLines(patch string) map[int]bool {
	lines := map[int]bool{}
	at := 0
	for line := range strings.Lines(patch) {
		if header := hunk.FindStringSubmatch(line); header != nil {
			at, _ = strconv.Atoi(header[1])
			continue
		}
		if at > 0 && (line[0] == '+' || line[0] == ' ') {
			lines[at] = true
			at++
		}
	}
	return lines
}

// place chooses the line for a note: the operation's, else the fall-back. It is 0 where the diff
// shows neither.
func (s shown) place(n Note) int {
	for _, line := range []int{n.Line, n.Fallback} {
		if line > 0 && s[n.Path][line] {
			return line
		}
	}
	return 0
}
