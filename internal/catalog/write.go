package catalog

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteJSON writes the JSON form of the snapshot with each object on a line of its own, and
// holds no more than one of them at a time. It is what [ParseSnapshot] reads, and equal to
// what json.Marshal gives.
func (s *Snapshot) WriteJSON(w io.Writer) error {
	bare := *s
	bare.Objects = nil
	frame, err := json.Marshal(bare)
	if err != nil {
		return fmt.Errorf("encoding the snapshot: %w", err)
	}
	// No text in the frame can hold this: its quotes would be escaped.
	head, tail, _ := bytes.Cut(frame, []byte(`"objects":null`))
	if _, err := fmt.Fprintf(w, "%s\"objects\":[", head); err != nil {
		return err
	}
	comma := ""
	for _, o := range s.Objects {
		line, err := json.Marshal(o)
		if err != nil {
			return fmt.Errorf("encoding %s: %w", o.Identity, err)
		}
		if _, err := fmt.Fprintf(w, "%s\n%s", comma, line); err != nil {
			return err
		}
		comma = ","
	}
	_, err = fmt.Fprintf(w, "]%s\n", tail)
	return err
}

// WriteText writes the canonical text of the whole schema for the eye, one object that stands
// alone after the other, below a head with the counts, the fingerprint, and what is left out.
func (s *Snapshot) WriteText(w io.Writer) error {
	groups := s.groups()
	if err := s.writeHead(w, groups); err != nil {
		return err
	}
	var objects []Object
	for _, g := range groups {
		objects = objects[:0]
		for _, place := range g.places {
			objects = append(objects, s.Objects[place])
		}
		if _, err := fmt.Fprintf(w, "\n%s", render(g.root.Identity, objects)); err != nil {
			return err
		}
	}
	return nil
}

// alone is an object that stands alone, and where it and its parts are in the snapshot.
type alone struct {
	root   *Object
	places []int
}

// groups gives the objects that stand alone, in their order; version tables of migration tools
// are not among them.
func (s *Snapshot) groups() []alone {
	d := newSide(s, Options{})
	known := map[*Object]int{}
	var groups []alone
	for i := d.next(0); i < len(s.Objects); i = d.next(i + 1) {
		root := d.root(&s.Objects[i])
		at, found := known[root]
		if !found {
			at = len(groups)
			known[root] = at
			groups = append(groups, alone{root: root})
		}
		groups[at].places = append(groups[at].places, i)
	}
	slices.SortFunc(groups, func(a, b alone) int { return a.root.Identity.Compare(b.root.Identity) })
	return groups
}

func (s *Snapshot) writeHead(w io.Writer, groups []alone) error {
	counts := map[Kind]int{}
	var kinds []Kind
	for _, g := range groups {
		if counts[g.root.Kind] == 0 {
			kinds = append(kinds, g.root.Kind)
		}
		counts[g.root.Kind]++
	}
	words := make([]string, len(kinds))
	for i, kind := range kinds {
		words[i] = kind.Count(counts[kind])
	}
	lines := []string{
		fmt.Sprintf("-- database %s, PostgreSQL %s", oneLine(s.Database), s.ServerRelease()),
		"-- " + cmp.Or(strings.Join(words, ", "), "no objects"),
		"-- fingerprint " + s.Fingerprint(),
	}
	for _, o := range s.Objects {
		if o.Tool != "" {
			lines = append(lines, fmt.Sprintf("-- left out: %s, the version table of %s", oneLine(o.Identity.String()), o.Tool))
		}
	}
	if len(s.NotModelled) > 0 {
		lines = append(lines, "-- not modelled: "+oneLine(strings.Join(s.NotModelled, ", ")))
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// oneLine keeps a name with line breaks within its comment line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// ServerRelease is the server's version as people say it: "15.18".
func (s *Snapshot) ServerRelease() string { return release(s.ServerVersion) }

// Release is the server's version as people say it: "15.18".
func (s Side) Release() string { return release(s.ServerVersion) }

func release(version int) string { return fmt.Sprintf("%d.%d", version/10000, version%10000) }

// Count says how many there are of a kind: "1 table", "2 indexes", "3 policies".
func (k Kind) Count(n int) string {
	if n == 1 {
		return "1 " + string(k)
	}
	return fmt.Sprintf("%d %s", n, k.Plural())
}

// Plural is the kind's word for several: "tables", "indexes", "policies".
func (k Kind) Plural() string {
	word := string(k)
	switch {
	case strings.HasSuffix(word, "x"), strings.HasSuffix(word, "ss"):
		return word + "es"
	case strings.HasSuffix(word, "s"):
		return word // statistics, privileges
	case strings.HasSuffix(word, "y") && !strings.HasSuffix(word, "ey"):
		return strings.TrimSuffix(word, "y") + "ies"
	}
	return word + "s"
}
