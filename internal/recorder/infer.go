package recorder

import (
	"slices"
	"strings"
)

// resolver finds relations by name, as the session would.
type resolver interface {
	find(schema, name string) (seen, bool)
	indexesOf(table string) []seen
	// linked gives the tables that foreign keys lead to from a table, and from there to it; with a
	// name only for that key.
	linked(table uint32, key string) (referenced, referencing []seen)
}

// infer gives the locks that a script's statements take, by the table of inferred.go; false where a
// statement is not in it.
func infer(sentences []sentence, in resolver) ([]seenLock, bool) {
	var all []seenLock
	known := len(sentences) > 0
	for _, one := range sentences {
		found, ok := inferOne(one, in)
		known = known && ok
		all = append(all, found...)
	}
	return strongest(all), known
}

func inferOne(one sentence, in resolver) ([]seenLock, bool) {
	for _, row := range inferred {
		names, ok := match(row.pattern, one)
		if !ok {
			continue
		}
		var all []seenLock
		for _, want := range row.locks {
			all = append(all, want.resolve(names, in)...)
		}
		if row.actions {
			all = append(all, inferActions(one, names, in)...)
		}
		if row.references {
			all = append(all, inferReferences(one, in)...)
		}
		return all, true
	}
	return nil, false
}

// inferReferences does the foreign keys within a new table's definition.
func inferReferences(one sentence, in resolver) (all []seenLock) {
	for i, t := range one {
		if t.is("REFERENCES") {
			schema, name, _ := one.qualified(i + 1)
			if r, ok := in.find(schema, name); ok {
				all = append(all, seenLock{raw: r.OID, mode: ShareRowExclusive, relation: r})
			}
		}
	}
	return all
}

// inferActions does ALTER TABLE, whose lock is the strongest of its actions'.
func inferActions(one sentence, names captures, in resolver) []seenLock {
	mode := Mode("")
	var all []seenLock
	for _, action := range splitActions(one[names.end:]) {
		row := alterations[len(alterations)-1]
		caught := captures{}
		for _, candidate := range alterations {
			var ok bool
			if caught, ok = match(candidate.pattern, action); ok {
				row = candidate
				break
			}
		}
		for _, want := range row.locks {
			if want.of == "t" {
				if mode == "" || strength(want.mode) > strength(mode) {
					mode = want.mode
				}
				continue
			}
			all = append(all, want.resolve(caught, in)...)
		}
		if key := caught.names["k"]; key != nil {
			all = append(all, inferDropped(names, key[0][1], in)...)
		}
	}
	return append(all, wanted{"t", mode}.resolve(names, in)...)
}

// inferDropped does DROP CONSTRAINT: of a foreign key it locks the other table, too.
func inferDropped(names captures, key string, in resolver) (all []seenLock) {
	n := names.names["t"][0]
	t, _ := in.find(n[0], n[1])
	referenced, _ := in.linked(t.OID, key)
	for _, r := range referenced {
		all = append(all, seenLock{raw: r.OID, mode: AccessExclusive, relation: r})
	}
	return all
}

// splitActions parts ALTER TABLE's actions at commas outside of parentheses.
func splitActions(tokens sentence) []sentence {
	var all []sentence
	depth, from := 0, 0
	for i, t := range tokens {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case t.is(",") && depth == 0:
			all = append(all, tokens[from:i])
			from = i + 1
		}
	}
	return append(all, tokens[from:])
}

// strongest leaves one lock for each relation and mode.
func strongest(all []seenLock) []seenLock {
	var kept []seenLock
	for _, l := range all {
		if !slices.ContainsFunc(kept, func(k seenLock) bool { return k.key() == l.key() }) {
			kept = append(kept, l)
		}
	}
	return kept
}

// captures are the names that a pattern caught, by their letter, and where it ended.
type captures struct {
	names map[string][][2]string
	end   int
}

// match holds a sentence against a pattern: words in their order, [WORD] for one that may be
// missing, $x for a name, $x* for several with commas, ... for anything until the next word.
func match(pattern string, one sentence) (captures, bool) {
	c := captures{names: map[string][][2]string{}}
	skip := false
	i := 0
	for p := range strings.FieldsSeq(pattern) {
		switch {
		case p == "...":
			skip = true
			continue
		case strings.HasPrefix(p, "["):
			if one.at(i, strings.Trim(p, "[]")) {
				i++
			}
			continue
		case strings.HasPrefix(p, "$"):
			next, ok := c.catch(p, one, i)
			if !ok {
				return c, false
			}
			i = next
			continue
		}
		if skip {
			at := one[min(i, len(one)):].index(strings.Split(p, "|")...)
			if at < 0 {
				return c, false
			}
			i += at
			skip = false
		}
		if !one.at(i, strings.Split(p, "|")...) {
			return c, false
		}
		i++
	}
	c.end = i
	return c, true
}

// catch reads the name at token i, or several.
func (c captures) catch(p string, one sentence, i int) (int, bool) {
	letter := strings.Trim(p, "$*")
	for {
		schema, name, next := one.qualified(i)
		if name == "" {
			return i, false
		}
		c.names[letter] = append(c.names[letter], [2]string{schema, name})
		if one.at(next, "*") { // a table with its descendants
			next++
		}
		if !strings.HasSuffix(p, "*") || !one.at(next, ",") {
			return next, true
		}
		i = next + 1
		if one.at(i, "ONLY") {
			i++
		}
	}
}

// wanted is a lock of the table: on what a pattern caught as a letter, "t+" with its indexes,
// "i^" on the table of an index, "t&" on the tables that foreign keys link to it and "t<" on those
// that refer to it.
type wanted struct {
	of   string
	mode Mode
}

// resolve finds the relations that are meant; those that are not there are left out.
func (w wanted) resolve(c captures, in resolver) []seenLock {
	var all []seenLock
	for _, n := range c.names[strings.TrimRight(w.of, "+^&<")] {
		r, ok := in.find(n[0], n[1])
		if !ok {
			continue
		}
		switch {
		case strings.HasSuffix(w.of, "&"), strings.HasSuffix(w.of, "<"):
			referenced, referencing := in.linked(r.OID, "")
			if strings.HasSuffix(w.of, "&") {
				referencing = append(referencing, referenced...)
			}
			for _, other := range referencing {
				all = append(all, seenLock{raw: other.OID, mode: w.mode, relation: other})
			}
			continue
		case strings.HasSuffix(w.of, "^"):
			schema, name, _ := strings.Cut(r.Table, ".")
			if r, ok = in.find(schema, name); !ok {
				continue
			}
		case strings.HasSuffix(w.of, "+"):
			for _, i := range in.indexesOf(r.Schema + "." + r.Name) {
				all = append(all, seenLock{raw: i.OID, mode: w.mode, relation: i})
			}
		}
		all = append(all, seenLock{raw: r.OID, mode: w.mode, relation: r})
	}
	return all
}

// find looks a name up along the session's search_path.
func (s *session) find(schema, name string) (seen, bool) {
	s.tape.mu.Lock()
	defer s.tape.mu.Unlock()
	var best seen
	rank := -1
	path := s.schemas()
	for _, r := range s.tape.relations {
		if r.Name != name || schema != "" && r.Schema != schema {
			continue
		}
		if at := slices.Index(path, r.Schema); schema != "" || at >= 0 && (rank < 0 || at < rank) {
			best, rank = r, max(at, 0)
		}
	}
	return best, rank >= 0
}

// schemas is the search_path as a list.
func (s *session) schemas() []string {
	var all []string
	for part := range strings.SplitSeq(s.settings.get("search_path"), ",") {
		part = strings.Trim(strings.TrimSpace(part), `"'`)
		if part == "$user" {
			part = s.gateway.local.User
		}
		all = append(all, part)
	}
	return all
}

// indexesOf gives the indexes of a table with its schema.
func (s *session) indexesOf(table string) []seen {
	s.tape.mu.Lock()
	defer s.tape.mu.Unlock()
	var all []seen
	for _, r := range s.tape.relations {
		if r.Table == table {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b seen) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (s *session) linked(table uint32, key string) (referenced, referencing []seen) {
	s.tape.mu.Lock()
	defer s.tape.mu.Unlock()
	for _, k := range s.tape.keys {
		r, there := s.tape.relations[k.Referenced]
		if there && k.Table == table && (key == "" || k.Name == key) {
			referenced = append(referenced, r)
		}
		r, there = s.tape.relations[k.Table]
		if there && k.Referenced == table && key == "" {
			referencing = append(referencing, r)
		}
	}
	return referenced, referencing
}
