package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// Limits of mermaid's own (maxTextSize and maxEdges of its configuration); a diagram beyond
// them shows as an error.
const (
	maxMermaidText  = 50_000
	maxMermaidEdges = 500
)

// foldEntities is how many tables a diagram has that is shown unfolded.
const foldEntities = 12

// diagram is what its template shows: a drawing, or why there is none.
type diagram struct {
	Source markup
	// Touched, Neighbours and Omitted count its tables and those that had no room.
	Touched, Neighbours, Omitted int
	Fold                         bool
	// Why says what keeps it from being drawn.
	Why string
}

func diagramOf(d catalog.Diagram) diagram {
	result := diagram{Touched: d.Touched, Omitted: d.Omitted, Fold: len(d.Entities) > foldEntities}
	for _, e := range d.Entities {
		if e.Mark == "" {
			result.Neighbours++
		}
	}
	source := erDiagram(d)
	switch {
	case d.Touched > 0 && len(d.Entities) == 0:
		result.Why = fmt.Sprintf("%d tables are touched, and nobody reads one of more than %d", d.Touched, catalog.MaxEntities)
	case len(source) > maxMermaidText || len(d.References) > maxMermaidEdges:
		result.Why = "it would be larger than GitHub draws"
	case d.Touched > 0:
		result.Source = markup(source)
	}
	return result
}

// erDiagram draws tables and foreign keys in mermaid's words. Colours are the reader's theme's:
// what happened is said by a mark and a word.
//
// Names of tables are labels in quotes behind an alias, so that none is read as a statement.
// Grammar: mermaid's packages/mermaid/src/diagrams/er/parser/erDiagram.jison.
func erDiagram(d catalog.Diagram) string {
	var b strings.Builder
	b.WriteString("erDiagram\n")
	bare := oneSchema(d.Entities)
	for i, e := range d.Entities {
		fmt.Fprintf(&b, "    t%d[\"%s\"]", i+1, entityLabel(e, bare))
		if len(e.Columns) == 0 {
			b.WriteString("\n")
			continue
		}
		b.WriteString(" {\n")
		for _, c := range e.Columns {
			b.WriteString("        " + attribute(c) + "\n")
		}
		if e.More > 0 {
			fmt.Fprintf(&b, "        more columns \"and %d more\"\n", e.More)
		}
		b.WriteString("    }\n")
	}
	for _, r := range d.References {
		b.WriteString("    " + relation(r) + "\n")
	}
	return b.String()
}

// oneSchema tells that all tables are in one schema, which then goes without saying.
func oneSchema(entities []catalog.Entity) bool {
	for _, e := range entities {
		if e.Table.Schema != entities[0].Table.Schema || e.Was != nil && e.Was.Schema != e.Table.Schema {
			return false
		}
	}
	return true
}

func entityLabel(e catalog.Entity, bare bool) string {
	name := func(id catalog.Identity) string {
		if bare {
			return mermaidText(id.Name)
		}
		return mermaidText(id.Schema) + "." + mermaidText(id.Name)
	}
	label := name(e.Table)
	if e.Was != nil {
		label += ", was " + name(*e.Was)
	}
	return withMark(label, e.Mark)
}

// withMark puts the mark of an action before a label, and its word behind it.
func withMark(label string, a catalog.Action) string {
	if a == "" {
		return label
	}
	mark, _ := marksOf(a)
	return mark + " " + label + " (" + drawnWord(a) + ")"
}

// drawnWord is the word for an action in a picture of what is there.
func drawnWord(a catalog.Action) string {
	switch a {
	case catalog.Added:
		return "new"
	case catalog.Removed:
		return "gone"
	default:
		_, word := marksOf(a)
		return word
	}
}

// attribute is a column's line: type, name, keys, and in quotes what does not go without them.
func attribute(c catalog.EntityColumn) string {
	name := attributeWord(c.Name, notInName)
	line := attributeWord(shortType(c.Type), notInType) + " " + name
	var keys []string
	for _, key := range []struct {
		is   bool
		word string
	}{{c.Primary, "PK"}, {c.Foreign, "FK"}, {c.Unique && !c.Primary, "UK"}} {
		if key.is {
			keys = append(keys, key.word)
		}
	}
	if len(keys) > 0 {
		line += " " + strings.Join(keys, ", ")
	}
	var comment []string
	if name != c.Name {
		comment = append(comment, mermaidText(c.Name))
	}
	if c.Mark != "" {
		mark, _ := marksOf(c.Mark)
		comment = append(comment, mark+" "+drawnWord(c.Mark))
	}
	if c.Was != "" {
		comment = append(comment, "was "+mermaidText(c.Was))
	}
	if len(comment) > 0 {
		line += ` "` + strings.Join(comment, ", ") + `"`
	}
	return line
}

// relation is a foreign key: how many rows refer to how many, and by which columns. What is
// gone has a dotted line.
func relation(r catalog.Reference) string {
	many, one, line := "}o", "||", "--"
	if r.One {
		many = "|o"
	}
	if r.Optional {
		one = "o|"
	}
	if r.Mark == catalog.Removed {
		line = ".."
	}
	columns := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		columns[i] = mermaidText(c)
	}
	return fmt.Sprintf("t%d %s%s%s t%d : \"%s\"", r.From+1, many, line, one, r.To+1, withMark(strings.Join(columns, ", "), r.Mark))
}

// shortTypes are PostgreSQL's own shorter names of types with blanks or commas.
var shortTypes = strings.NewReplacer(
	"timestamp with time zone", "timestamptz", "timestamp without time zone", "timestamp",
	"time with time zone", "timetz", "time without time zone", "time",
	"character varying", "varchar", "character", "char", "bit varying", "varbit", "double precision", "float8",
)

// precision is the parenthesis of a type that a picture does without: it holds a comma.
var precision = regexp.MustCompile(`\([^)]*,[^)]*\)`)

// shortType names a type in a picture: without the schema of a type of one's own.
func shortType(name string) string {
	name = precision.ReplaceAllString(shortTypes.Replace(name), "")
	if at := strings.LastIndexByte(name, '.'); at >= 0 && !strings.Contains(name, `"`) {
		name = name[at+1:]
	}
	return name
}

// What mermaid would take in a column's name or its type is a little more than this.
var (
	notInName = regexp.MustCompile(`[^A-Za-z0-9_]`)
	notInType = regexp.MustCompile(`[^A-Za-z0-9_()\[\]-]`)
	// notAWord begins no name, or would be read as a key.
	notAWord = regexp.MustCompile(`(?i)^(?:$|[^a-z_]|(?:pk|fk|uk)\b)`)
)

// attributeWord makes a name or a type of the characters that mermaid takes there. Underscores
// around a word would be Markdown.
func attributeWord(name string, not *regexp.Regexp) string {
	word := not.ReplaceAllString(clip(maxEntityName, oneLine(name)), "_")
	if notAWord.MatchString(word) {
		word = "_" + word
	}
	if word[0] == '_' {
		word = "_" + strings.Trim(word, "_")
	}
	return word
}

// maxEntityName is the length of PostgreSQL's longest names.
const maxEntityName = 63

// mermaidText writes a stranger's name for a label in quotes. What means something to mermaid,
// to Markdown or to HTML goes in mermaid's numeric entities, which it turns back last of all;
// so do blanks, for "direction TB" is a statement even within quotes, and colons, behind which
// the entity's semicolon can get lost (encodeEntities in mermaid's utils.ts). The signs around
// its own form of an entity cannot be written in any way.
func mermaidText(name string) string {
	name = strings.NewReplacer("ﬂ", "[U+FB02]", "¶", "[U+00B6]").Replace(clip(maxEntityName, oneLine(name)))
	var b strings.Builder
	for i, r := range name {
		plain := r == '-' || r == '.' || unicode.IsDigit(r) || unicode.IsLetter(r) || r > 0x2000 && unicode.Is(unicode.So, r)
		if plain || r == '_' && insideWord(name, i) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	return b.String()
}
