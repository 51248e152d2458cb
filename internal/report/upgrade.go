package report

import (
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/probe"
)

// maxStalls is how many tables' stalls are told.
const maxStalls = 10

// hardly is a wait that no user feels.
const hardly = 10 * time.Millisecond

// summaryShare is how many times as long the tables of a job summary are.
const summaryShare = summaryRows / maxRows

// recorded is the report's recording in this form.
func (p page) recorded() recorded {
	many := 1
	if p.rows > maxRows {
		many = summaryShare
	}
	return newRecorded(p.Recording, p.dialect, sourceOf(p.Report), many)
}

// upgrade is what the templates show of what an upgrade did.
type upgrade struct {
	recorded
	Stalls []markup
	// Whole lists all statements in a terminal's form, and not only those worth seeing.
	Whole bool
}

// Shown are the statements of a terminal's form.
func (u upgrade) Shown() statementRows {
	if u.Whole {
		return u.All()
	}
	return u.Seen()
}

// Upgrade is the recording with the stalls; nil where there is neither. Method of the page, as the
// templates call it.
func (p page) Upgrade() *upgrade {
	if p.Recording == nil {
		return nil
	}
	return &upgrade{recorded: p.recorded(), Stalls: p.Waits()}
}

func (p page) addUpgrade(add adder, show shower) {
	if p.Recording == nil && len(p.Stalls) == 0 {
		return
	}
	brief := p
	brief.Stalls = nil
	add("list of stalls", "lists of stalls", rankSeen, show("upgrade", p), show("upgrade", brief))
	if p.Recording == nil {
		return
	}
	d := p.recorded()
	add("table of statements", "tables of statements", rankSeen, show("seen", d), "")
	add("list of what was not measured", "lists of what was not measured", rankSeen, show("unmeasured", d), "")
	view := locksView{recorded: d, Drawn: d.Chart()}
	long := show("locks", view)
	view.Drawn = lockChart{}
	add("lock timeline", "lock timelines", rankLocks, long, show("locks", view), "")
	add("list of all statements", "lists of all statements", rankStatements, show("statements", d), "")
}

// locksView is the table of locks with or without its drawing.
type locksView struct {
	recorded
	Drawn lockChart
}

// Waits says for each table how long its users would have waited. Method of the page, as the templates
// call it.
func (p page) Waits() []markup {
	var all []markup
	for i, s := range p.Stalls {
		if i == maxStalls {
			all = append(all, p.text(more(len(p.Stalls)-maxStalls)))
			break
		}
		all = append(all, p.wait(s))
	}
	return all
}

func (p page) wait(s probe.Stall) markup {
	name := s.Table.Name
	if s.Table.Schema != "public" {
		name = s.Table.Schema + "." + name
	}
	words := "A reader of " + p.code(clip(maxName, name)) + " would have waited " + markup(span(s.Reads)) +
		" at worst, a writer " + markup(span(s.Writes)) + "."
	if longest := max(s.Reads, s.Writes); longest < hardly {
		words = "Nobody would have waited for " + p.code(clip(maxName, name)) + markup(": "+span(longest)+" at worst.")
	}
	if s.Gone {
		words += " In the end the table had lost this name: whoever uses it gets errors."
	}
	return words
}
