package hazard

// h020 is a command that PostgreSQL runs outside of transactions only.
func h020(v *view) []Finding {
	s := v.failed()
	if s == nil || v.explained[s.Number] || s.Error.SQLState != "25001" {
		return nil
	}
	f := v.refused("H020", s)
	f.Title = "fails: " + s.Error.Message
	if table := v.failedTable(s); table != "" {
		f.Title = "fails on " + plainTable(table) + ": " + s.Error.Message
	}
	f.Why = "Alembic runs each revision in a transaction, and PostgreSQL refuses some commands there."
	f.Advice = "put it into an autocommit block"
	f.Fix = code(autocommit(execute("%s", one(s.Text))))
	return []Finding{f}
}
