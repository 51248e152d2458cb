package report

import (
	"fmt"
	"strings"
)

// NoteText is a finding as Markdown for a comment at the line that caused it: the sentence first, what
// was measured, why it matters, the safe way. Strangers' text is escaped as in a report.
func NoteText(f Finding) string {
	parts := []string{fmt.Sprintf("%s **%s** %s", severityMark(f.Severity), inline(f.Code), prose(f.Title))}
	if f.Evidence != "" {
		said := string(prose(f.Evidence))
		if f.Known != "" {
			said += " *(" + string(inline(f.Known)) + ")*"
		}
		parts = append(parts, said)
	}
	if f.Why != "" {
		parts = append(parts, string(prose(f.Why)))
	}
	if f.Advice != "" {
		parts = append(parts, "**Safe way:** "+string(advice(f.Advice)))
	}
	if f.Fix != "" {
		parts = append(parts, string(fence("python", f.Fix)))
	}
	return strings.Join(parts, "\n\n")
}

// severityMark is what the eye meets first.
func severityMark(s Severity) string {
	switch s {
	case SeverityBlock:
		return "⛔"
	case SeverityWarn:
		return "⚠️"
	case SeverityInfo:
	}
	return "ℹ️"
}
