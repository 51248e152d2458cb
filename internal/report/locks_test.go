package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

func plainly(r *recorder.Recording) recorded {
	same := func(s string) markup { return markup(s) }
	return newRecorded(r, dialect{text: same, code: same, fold: same, link: func(words markup, _ string) markup { return words }}, source{}, 1)
}

func hold(r recorder.Relation, mode recorder.Mode, since int, from, to time.Duration) recorder.Hold {
	return recorder.Hold{Relation: r, Mode: mode, Session: 1, Since: since, Until: since + 1, Start: from, Sure: from, End: to, Evidence: recorder.Measured}
}

func knownAs(h recorder.Hold, as recorder.Evidence) recorder.Hold {
	h.Evidence = as
	return h
}

// One statement's locks on a table, its indexes, its TOAST and its partitions are one; what lasts longer,
// is known in another way or came with another statement is not swallowed.
func TestLocksAreJoined(t *testing.T) {
	orders, events := locked(1, "orders", "r", 10, 8192), locked(2, "events", "p", -1, -1)
	key, toast := indexOf(3, "orders_pkey", orders), locked(4, "orders", "t", 99, 99)
	index := indexOf(5, "events_1_idx", partitionOf(6, "events_1", events))
	const exclusive = recorder.AccessExclusive
	for name, c := range map[string]struct {
		holds []recorder.Hold
		want  []string
	}{
		"table, index and TOAST": {
			[]recorder.Hold{hold(key, exclusive, 1, 0, 50), hold(orders, exclusive, 1, 0, 50), hold(toast, exclusive, 1, 0, 50), hold(orders, recorder.Share, 1, 0, 50)},
			[]string{"AccessExclusive on orders for 0.1 ms (m) 10 rows, 8 kB"},
		},
		"an index alone": {[]recorder.Hold{hold(key, exclusive, 1, 0, 50), hold(orders, recorder.Share, 1, 0, 50)}, []string{
			"AccessExclusive on index orders_pkey of orders for 0.1 ms (m) ", "Share on orders for 0.1 ms (m) 10 rows, 8 kB",
		}},
		"a weaker one that lasts longer": {[]recorder.Hold{hold(orders, exclusive, 1, 0, 50), hold(orders, recorder.Share, 1, 0, 90)}, []string{
			"AccessExclusive on orders for 0.1 ms (m) 10 rows, 8 kB", "Share on orders for 0.1 ms (m) 10 rows, 8 kB",
		}},
		"another evidence": {[]recorder.Hold{knownAs(hold(orders, exclusive, 1, 0, 50), recorder.Inferred), knownAs(hold(orders, exclusive, 1, 20, 50), recorder.Sampled)}, []string{
			"AccessExclusive on orders for 0.1 ms (i) 10 rows, 8 kB", "AccessExclusive on orders for 0.0 ms (s) 10 rows, 8 kB",
		}},
		"another statement": {[]recorder.Hold{hold(orders, recorder.Share, 1, 0, 50), hold(orders, exclusive, 2, 10, 50)}, []string{
			"Share on orders for 0.1 ms (m) 10 rows, 8 kB", "AccessExclusive on orders for 0.0 ms (m) 10 rows, 8 kB",
		}},
		"partitions": {
			[]recorder.Hold{hold(events, exclusive, 1, 0, 50), hold(partitionOf(6, "events_1", events), exclusive, 1, 0, 50), hold(partitionOf(7, "events_2", events), exclusive, 1, 0, 50), hold(index, exclusive, 1, 0, 50)},
			[]string{"AccessExclusive on events and 2 partitions for 0.1 ms (m) 80,000 rows, 12 MB"},
		},
		"partitions alone": {
			[]recorder.Hold{hold(partitionOf(6, "events_1", events), exclusive, 1, 0, 50), hold(partitionOf(7, "events_2", events), exclusive, 1, 0, 50)},
			[]string{"AccessExclusive on 2 partitions of events for 0.1 ms (m) 80,000 rows, 12 MB"},
		},
		"one partition": {
			[]recorder.Hold{hold(partitionOf(6, "events_1", events), recorder.Share, 1, 0, 50)},
			[]string{"Share on partition events_1 of events for 0.1 ms (m) 40,000 rows, 6.0 MB"},
		},
	} {
		for i := range c.holds {
			c.holds[i].Start, c.holds[i].Sure, c.holds[i].End = c.holds[i].Start*1000, c.holds[i].Sure*1000, c.holds[i].End*1000
		}
		d := plainly(&recorder.Recording{Holds: c.holds})
		var got []string
		for _, l := range d.strong {
			got = append(got, string(d.lockWords(l))+" "+l.size())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func TestLockChart(t *testing.T) {
	if chart := plainly(&recorder.Recording{}).Chart(); chart.Source != "" {
		t.Errorf("nothing was locked: %s", chart.Source)
	}
	r := &recorder.Recording{}
	for i := range 3000 {
		table := locked(uint32(i%9), fmt.Sprintf("click t%d : x#;", i%9), "r", 10, 8192)
		at := time.Duration(i) * time.Second
		r.Holds = append(r.Holds, hold(table, recorder.AccessExclusive, i+1, at, at+time.Duration(i%9+1)*10*time.Second))
	}
	chart := plainly(r).Chart()
	if bars, sections := strings.Count(string(chart.Source), ":crit"), strings.Count(string(chart.Source), "section "); len(chart.Source) > maxMermaidText || bars != maxLockBars || sections > maxSections {
		t.Errorf("%d bytes, %d bars, %d sections", len(chart.Source), bars, sections)
	}
	if chart.Missing != 3000-maxLockBars || strings.Contains(string(chart.Source), "#") {
		t.Errorf("%d are missing in %s", chart.Missing, chart.Source)
	}
	for end, want := range map[time.Duration]string{
		50 * time.Millisecond: "axisFormat %Q µs\n    todayMarker off\n    section t\n    1 Share, 50 ms :0, 50000\n", 5 * time.Second: "axisFormat %Q ms\n    todayMarker off\n    section t\n    1 Share, 5.0 s :0, 5000\n",
		50 * time.Second: "axisFormat %s s\n    todayMarker off\n    section t\n    1 Share, 50.0 s :0, 50000\n",
	} {
		short := hold(locked(1, "t", "r", 1, 1), recorder.Share, 2, 0, end/200)
		long := hold(locked(1, "t", "r", 1, 1), recorder.Share, 1, 0, end)
		chart := plainly(&recorder.Recording{Holds: []recorder.Hold{long, short}}).Chart()
		if !strings.HasSuffix(string(chart.Source), want) || chart.Missing != 1 {
			t.Errorf("%s, %d missing: %s", end, chart.Missing, chart.Source)
		}
	}
}
