package hazard

// h044 is any other failure of a revision.
func h044(v *view) []Finding {
	s := v.failed()
	if s == nil || v.explained[s.Number] {
		return nil
	}
	f := v.refused("H044", s)
	f.Title = "fails: " + s.Error.Message
	f.Why = "The upgrade would stop in production as it did here."
	f.Advice = "mend the revision; the branch stays for a look"
	if s.Error.SQLState == "55P04" {
		f.Advice = "a new value of an enum can be used once the transaction that adds it has ended: add it in an autocommit block, or in a revision before"
	}
	return []Finding{f}
}
