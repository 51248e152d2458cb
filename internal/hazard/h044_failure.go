package hazard

// h044 is any other failure of a revision.
func h044(v *view) []Finding {
	s := v.failed()
	if s == nil || v.explained[s.Number] {
		return nil
	}
	f := v.refused("H044", s)
	f.Title = "fails: " + s.Error.Message
	if table := v.failedTable(s); table != "" {
		f.Title = "fails on " + plainTable(table) + ": " + s.Error.Message
	}
	f.Why = "The upgrade would stop in production as it did here."
	f.Advice = "mend the revision; the branch stays for a look"
	return []Finding{f}
}
