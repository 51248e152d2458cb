package hazard

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// sentence says whom a closed table kept out, and for how long: numbers first. Others were closed alike.
func (c closing) sentence(others []closing, d time.Duration) string {
	tables := []string{described(c.table, c.partitions)}
	for _, o := range others[:min(len(others), 2)] {
		tables = append(tables, described(o.table, o.partitions))
	}
	if more := len(others) - 2; more > 0 {
		tables = append(tables, count(int64(more), "other table"))
	}
	return fmt.Sprintf("blocks %s of %s for %s", c.whom(), and(tables), duration(d))
}

// and joins words as people do.
func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// whom says which users wait.
func (c closing) whom() string {
	if c.mode == recorder.AccessExclusive {
		return "reads and writes"
	}
	return "writes"
}

// evidence says what was seen of the lock.
func (c closing) evidence() string {
	text := fmt.Sprintf("%s on %s; the statement took %s", c.mode, shown(c.table), duration(c.statement.Took))
	if c.total > c.own+c.own/10 {
		text += ", and the lock was held for " + duration(c.total) + " until its transaction ended"
	}
	if c.statement.WAL > 0 {
		text += "; it wrote " + size(c.statement.WAL) + " of write-ahead log"
	}
	return text
}

// described is a table with its size.
func described(r recorder.Relation, partitions int) string {
	var facts []string
	if partitions > 0 {
		facts = append(facts, count(int64(partitions), "partition"))
	}
	if r.Rows > 0 {
		facts = append(facts, count(r.Rows, "row"))
	}
	if r.Bytes > 0 {
		facts = append(facts, size(r.Bytes))
	}
	if len(facts) == 0 {
		return shown(r)
	}
	return shown(r) + " (" + strings.Join(facts, ", ") + ")"
}

// shown is a table's name in code letters, a partition's as that of the whole.
func shown(r recorder.Relation) string { return "`" + wholeName(r) + "`" }

// wholeName is a table's name without the schema public; of a partition, that of its topmost table.
func wholeName(r recorder.Relation) string {
	schema, table := r.Schema, r.Name
	if r.Parent != "" {
		schema, table = parts(r.Parent)
	}
	return plainName(schema, table)
}

func plainName(schema, table string) string {
	if schema == "" || schema == "public" {
		return table
	}
	return schema + "." + table
}

// duration is a time as people say it: 1.1 s, 340 ms, 2 min 5 s.
func duration(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	}
	return "less than 1 ms"
}

// size is an amount of bytes as people say it.
func size(n int64) string {
	const step = 1000.0
	if n < step {
		return fmt.Sprintf("%d bytes", n)
	}
	amount := float64(n)
	for _, unit := range []string{"kB", "MB", "GB"} {
		if amount /= step; amount < step {
			return fmt.Sprintf("%.*f %s", decimals(amount), amount, unit)
		}
	}
	return fmt.Sprintf("%.1f TB", amount/step)
}

// decimals are shown of small numbers only.
func decimals(amount float64) int {
	if amount < 10 {
		return 1
	}
	return 0
}

// count is a number of things: 600,000 rows.
func count(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
