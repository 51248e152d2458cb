package report

import "fmt"

// Calibration is how the predictions of the last promotions have fared.
type Calibration struct {
	Promotions int `json:"promotions"`
	// Upgrade is what the revisions took on production, divided by what they took on the copy, Lock the same of the longest
	// lock. The zero value is nothing long enough to compare.
	Upgrade Span `json:"upgrade,omitzero"`
	Lock    Span `json:"lock,omitzero"`
}

// Span is the least and the most of several ratios.
type Span struct {
	Least float64 `json:"least"`
	Most  float64 `json:"most"`
}

// With widens the span by one ratio.
func (s Span) With(ratio float64) Span {
	if s == (Span{}) {
		return Span{ratio, ratio}
	}
	return Span{min(s.Least, ratio), max(s.Most, ratio)}
}

// Words say it in a line.
func (c Calibration) Words() string {
	of := "of the last promotion"
	if c.Promotions > 1 {
		of = fmt.Sprintf("of the last %d promotions", c.Promotions)
	}
	if c.Upgrade == (Span{}) && c.Lock == (Span{}) {
		return of + ": too short to compare with what was rehearsed"
	}
	words := of + ": "
	if c.Upgrade != (Span{}) {
		words += "the upgrade took " + c.Upgrade.words() + " times what was rehearsed"
	}
	if c.Lock != (Span{}) {
		if c.Upgrade != (Span{}) {
			words += "; "
		}
		words += "the longest lock was held " + c.Lock.words() + " times as long as rehearsed"
	}
	return words
}

func (s Span) words() string {
	least, most := fmt.Sprintf("%.1f", s.Least), fmt.Sprintf("%.1f", s.Most)
	if least == most {
		return least
	}
	return least + " to " + most
}
