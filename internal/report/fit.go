package report

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of what GitHub takes, in bytes of UTF-8.
//
// GitHub answers a longer comment with 422 "Body is too long (maximum is 65536
// characters)". What it counts was measured differently by different people (code points
// for pull request bodies, up to 262,144 bytes for comments), and enterprise servers may
// differ. Bytes are the strictest reading of all, so they are what counts here.
const (
	// CommentLimit leaves room for a hidden marker before the body.
	CommentLimit = 65_536 - 1_536
	// SummaryLimit is below the runner's 1 MiB a step; over it nothing at all is shown.
	SummaryLimit = 1<<20 - 16<<10
)

// part is one section of a report that is shown, shortened or left out as a whole.
type part struct {
	// name is what the pointer at the end calls it, one and many.
	name, names string
	// rank says who gets room first; lower is earlier.
	rank int
	// forms are its texts, longest first. The last one is always affordable, and "" for
	// parts that may go.
	forms []string
}

// fit joins the parts in their order so that they take at most limit bytes. Everyone
// starts with the shortest form; then, by rank, each takes the longest that still fits.
// Nothing is cut inside a form. If something was shortened, pointer tells what.
func fit(parts []part, limit int, pointer func(missing string) string) string {
	chosen := make([]int, len(parts))
	if whole := join(parts, chosen, ""); len(whole) <= limit {
		return whole
	}
	for i, p := range parts {
		chosen[i] = len(p.forms) - 1
	}
	// The longest pointer there can be is that for everything left out.
	size := len(join(parts, chosen, pointer(missing(parts, chosen))))
	for _, i := range byRank(parts) {
		forms := parts[i].forms
		for n := range chosen[i] {
			grown := size - len(forms[chosen[i]]) + len(forms[n])
			if grown <= limit {
				size, chosen[i] = grown, n
				break
			}
		}
	}
	return join(parts, chosen, pointer(missing(parts, chosen)))
}

func byRank(parts []part) []int {
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return parts[a].rank - parts[b].rank })
	return order
}

// join puts the chosen forms one below the other; the pointer stands before the last one.
func join(parts []part, chosen []int, pointer string) string {
	var b strings.Builder
	for i, p := range parts {
		if i == len(parts)-1 {
			b.WriteString(pointer)
		}
		b.WriteString(p.forms[chosen[i]])
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// missing names what is not shown in full: "12 object diffs, 1 timeline".
func missing(parts []part, chosen []int) string {
	var order []string
	counts := map[string]int{}
	many := map[string]string{}
	for i, p := range parts {
		if chosen[i] == 0 {
			continue
		}
		if counts[p.name] == 0 {
			order = append(order, p.name)
		}
		counts[p.name]++
		many[p.name] = p.names
	}
	for i, name := range order {
		order[i] = count(counts[name], name, many[name])
	}
	return strings.Join(order, ", ")
}

// more says that a list goes on, or nothing.
func more(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("and %d more", n)
}
