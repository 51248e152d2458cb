package catalog

import "testing"

// TestNotNullNames is about the names that NOT NULL constraints have since PostgreSQL 18:
// those that PostgreSQL made of a name that is no more, or of a parent's, are no news.
func TestNotNullNames(t *testing.T) {
	server := serverOf(t, 18)
	for _, tt := range notNullTests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, server) })
	}
}

var notNullTests = []lineageTest{{
	name:  "a table",
	setup: `CREATE TABLE a (x integer NOT NULL)`,
	sql:   `ALTER TABLE a RENAME TO b`,
	want: `
			renamed table public.b (was public.a)`,
}, {
	name:  "a column",
	setup: `CREATE TABLE a (x integer NOT NULL)`,
	sql:   `ALTER TABLE a RENAME x TO y`,
	want: `
			changed table public.a
			  renamed column public.a.y (was public.a.x)`,
}, {
	name:  "the constraint",
	setup: `CREATE TABLE a (x integer NOT NULL)`,
	sql:   `ALTER TABLE a RENAME CONSTRAINT a_x_not_null TO c`,
	want: `
			changed table public.a
			  added column public.a.x not_null_name:  -> c`,
}, {
	name:  "a partition",
	setup: `CREATE TABLE p (x integer, y integer) PARTITION BY LIST (x); CREATE TABLE p1 PARTITION OF p DEFAULT`,
	sql:   `ALTER TABLE p ALTER x SET NOT NULL, ADD z integer NOT NULL`,
	want: `
			changed table public.p
			  added column public.p.x not_null:  -> true
			  added column public.p.z
			  added column public.p1.x not_null, not_null_name follows
			  added column public.p1.z follows`,
}, {
	name:  "a partition that was not null before",
	setup: `CREATE TABLE p (x integer, y integer) PARTITION BY LIST (x); CREATE TABLE p1 PARTITION OF p DEFAULT; ALTER TABLE p1 ALTER y SET NOT NULL`,
	sql:   `ALTER TABLE p ALTER y SET NOT NULL`,
	want: `
			changed table public.p
			  added column public.p.y not_null:  -> true`,
}}
