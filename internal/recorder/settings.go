package recorder

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// followed are the settings that the recorder needs to know at every statement.
var followed = []string{"lock_timeout", "statement_timeout", "search_path"}

// settings follows what the session set: as the server does, for itself and for the transaction.
// What a function sets within itself is not seen.
type settings struct {
	reset   map[string]string // as the session began
	session map[string]string
	local   map[string]string // SET LOCAL
	saved   []savedSettings   // of the transaction's beginning, then of each savepoint
}

type savedSettings struct {
	savepoint      string
	session, local map[string]string
}

func newSettings(initial map[string]string) settings {
	return settings{reset: initial, session: maps.Clone(initial), local: map[string]string{}}
}

// get gives the value in force.
func (s *settings) get(name string) string {
	if v, ok := s.local[name]; ok {
		return v
	}
	return s.session[name]
}

// duration reads a timeout in force; 0 means none.
func (s *settings) duration(name string) time.Duration { return parseDuration(s.get(name)) }

// units of time that PostgreSQL knows in settings; without one it means milliseconds.
var units = map[string]time.Duration{
	"us": time.Microsecond, "": time.Millisecond, "ms": time.Millisecond, "s": time.Second,
	"min": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
}

func parseDuration(value string) time.Duration {
	value = strings.TrimSpace(value)
	end := strings.LastIndexAny(value, "0123456789.") + 1
	n, err := strconv.ParseFloat(value[:end], 64)
	unit, ok := units[strings.TrimSpace(value[end:])]
	if err != nil || !ok {
		return 0
	}
	return time.Duration(n * float64(unit))
}

// ran follows one statement that succeeded.
func (s *settings) ran(one sentence, inTransaction bool) {
	switch verb := one.verb(); {
	case verb == "BEGIN", verb == "START":
		if len(s.saved) == 0 {
			s.save("")
		}
	case verb == "SAVEPOINT":
		_, name, _ := one.qualified(1)
		s.save(name)
	case one.savepointBack():
		s.back(one)
	case one.ends():
		s.end(verb != "ROLLBACK" && verb != "ABORT")
	case verb == "SET":
		s.set(one, inTransaction || len(s.saved) > 0)
	case verb == "RESET" && one.at(1, "ALL"), verb == "DISCARD" && one.at(1, "ALL"):
		s.session, s.local = maps.Clone(s.reset), map[string]string{}
	case verb == "RESET" && len(one) > 1:
		name, _ := one[1].name()
		s.put(name, s.reset[name], false)
	case verb == "SELECT":
		s.setConfig(one, inTransaction)
	}
}

func (s *settings) save(name string) {
	s.saved = append(s.saved, savedSettings{name, maps.Clone(s.session), maps.Clone(s.local)})
}

// back undoes what was set since a savepoint.
func (s *settings) back(one sentence) {
	name, _ := one[len(one)-1].name()
	for i, saved := range slices.Backward(s.saved) {
		if i > 0 && saved.savepoint == name {
			s.session, s.local = maps.Clone(saved.session), maps.Clone(saved.local)
			s.saved = s.saved[:i+1]
			return
		}
	}
}

// end ends the transaction's own settings; a rollback takes back the session's too.
func (s *settings) end(committed bool) {
	if !committed && len(s.saved) > 0 {
		s.session = s.saved[0].session
	}
	s.local, s.saved = map[string]string{}, nil
}

// set reads SET [SESSION|LOCAL] name {TO|=} value.
func (s *settings) set(one sentence, inTransaction bool) {
	i, local := 1, false
	if one.at(i, "LOCAL", "SESSION") {
		local = one.at(i, "LOCAL")
		i++
	}
	if len(one) < i+3 || !one.at(i+1, "TO", "=") {
		return
	}
	name, _ := one[i].name()
	value := valueOf(one[i+2:])
	if one.at(i+2, "DEFAULT") {
		value = s.reset[name]
	}
	if !local || inTransaction {
		s.put(name, value, local)
	}
}

// setConfig reads SELECT set_config('name', 'value', is_local).
func (s *settings) setConfig(one sentence, inTransaction bool) {
	for i, t := range one {
		if t.is("set_config") && one.at(i+1, "(") && len(one) > i+6 && one[i+2].kind == literal && one[i+4].kind == literal {
			local := !one.at(i+6, "FALSE")
			if !local || inTransaction {
				s.put(unquote(one[i+2].text), unquote(one[i+4].text), local)
			}
		}
	}
}

func (s *settings) put(name, value string, local bool) {
	name = strings.ToLower(name)
	if !slices.Contains(followed, name) {
		return
	}
	if local {
		s.local[name] = value
		return
	}
	s.session[name] = value
	delete(s.local, name)
}

// valueOf writes a setting's value as SHOW would.
func valueOf(tokens sentence) string {
	var parts []string
	for _, t := range tokens {
		switch t.kind {
		case literal:
			parts = append(parts, unquote(t.text))
		default:
			parts = append(parts, t.text)
		}
	}
	return strings.Join(parts, "")
}

// unquote gives what a string literal holds; escapes of E” stay.
func unquote(text string) string {
	if i := strings.IndexByte(text, '\''); i >= 0 && strings.HasSuffix(text, "'") && len(text) > i+1 {
		return strings.ReplaceAll(text[i+1:len(text)-1], "''", "'")
	}
	return text
}
