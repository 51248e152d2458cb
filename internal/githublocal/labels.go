package githublocal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// labelIn is a label by its name or as an object with a name.
type labelIn string

// UnmarshalJSON implements [json.Unmarshaler].
func (l *labelIn) UnmarshalJSON(raw []byte) error {
	var named struct {
		Name string `json:"name"`
	}
	if len(raw) > 0 && raw[0] == '{' {
		err := json.Unmarshal(raw, &named)
		*l = labelIn(named.Name)
		return err
	}
	return json.Unmarshal(raw, (*string)(l))
}

func (it *issue) hasLabel(name string) bool {
	return slices.ContainsFunc(it.labels, func(l string) bool { return strings.EqualFold(l, name) })
}

// Label makes a person put a label onto an issue or a pull request, as on the web page.
func (s *Server) Label(number int, login, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.store.issues[number]
	if it == nil {
		return fmt.Errorf("labelling #%d: there is none", number)
	}
	s.store.label(it, login, name)
	return nil
}

// Unlabel makes a person take a label away.
func (s *Server) Unlabel(number int, login, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.store.issues[number]
	if it == nil || !it.hasLabel(name) {
		return fmt.Errorf("taking a label from #%d: it has no %q", number, name)
	}
	s.store.unlabel(it, login, name)
	return nil
}

// label puts a label on, unless it is there: only a change is an event.
func (st *store) label(it *issue, login, name string) {
	if it.hasLabel(name) {
		return
	}
	it.labels = append(it.labels, name)
	st.happen(it, happening{kind: "labeled", actor: login, label: name})
}

func (st *store) unlabel(it *issue, login, name string) {
	it.labels = slices.DeleteFunc(it.labels, func(l string) bool { return strings.EqualFold(l, name) })
	st.happen(it, happening{kind: "unlabeled", actor: login, label: name})
}

// relabel makes the labels these and no others.
func (c *call) relabel(it *issue, names []labelIn) {
	for _, old := range slices.Clone(it.labels) {
		if !slices.ContainsFunc(names, func(l labelIn) bool { return strings.EqualFold(old, string(l)) }) {
			c.unlabel(it, c.login(), old)
		}
	}
	for _, name := range names {
		c.label(it, c.login(), string(name))
	}
}

func (st *store) labelShapes(it *issue) []object {
	out := []object{}
	for _, name := range it.labels {
		id := st.userID("label " + strings.ToLower(name))
		out = append(out, object{
			"id": id, "node_id": node("Label", id), "url": st.repoAPI() + "/labels/" + strings.ReplaceAll(name, " ", "%20"),
			"name": name, "description": "", "color": labelColour, "default": false,
		})
	}
	return out
}

// labelColour is what GitHub gives a label that comes into being by its use.
const labelColour = "ededed"

// addLabels is POST issues/{n}/labels. An unknown label comes into being.
func (c *call) addLabels() (reply, error) {
	it, err := c.conversation()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Labels []labelIn `json:"labels"`
	}
	target := any(&in)
	if len(c.body) > 0 && c.body[0] == '[' {
		target = &in.Labels // the older form, which go-github sends
	}
	if err := c.decode(target); err != nil {
		return reply{}, err
	}
	for _, name := range in.Labels {
		c.label(it, c.login(), string(name))
	}
	it.updated = c.now()
	return ok(c.labelShapes(it)), nil
}

func (c *call) removeLabel() (reply, error) {
	it, err := c.conversation()
	if err != nil {
		return reply{}, err
	}
	name := c.req.PathValue("name")
	if !it.hasLabel(name) {
		return reply{}, problem{status: http.StatusNotFound, message: "Label does not exist"}
	}
	c.unlabel(it, c.login(), name)
	it.updated = c.now()
	return ok(c.labelShapes(it)), nil
}
