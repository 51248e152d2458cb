package catalog

import (
	"cmp"
	"strings"
)

// Kind is a kind of object, in PostgreSQL's own words and small letters.
type Kind string

// The kinds that are modelled. Column, Constraint, Index, Trigger, Policy and Rule have a
// parent; all others stand alone.
const (
	Schema           Kind = "schema"
	Extension        Kind = "extension"
	Table            Kind = "table"
	ForeignTable     Kind = "foreign table"
	View             Kind = "view"
	MaterializedView Kind = "materialized view"
	Sequence         Kind = "sequence"
	Enum             Kind = "enum"
	Domain           Kind = "domain"
	Composite        Kind = "composite type"
	Range            Kind = "range type"
	BaseType         Kind = "base type"
	ShellType        Kind = "shell type"
	Function         Kind = "function"
	Procedure        Kind = "procedure"
	Aggregate        Kind = "aggregate"
	Column           Kind = "column"
	Constraint       Kind = "constraint"
	Index            Kind = "index"
	Trigger          Kind = "trigger"
	Policy           Kind = "policy"
	Rule             Kind = "rule"

	Statistics          Kind = "statistics"
	Operator            Kind = "operator"
	OperatorClass       Kind = "operator class"
	OperatorFamily      Kind = "operator family"
	Cast                Kind = "cast"
	Transform           Kind = "transform"
	Collation           Kind = "collation"
	Conversion          Kind = "conversion"
	SearchParser        Kind = "text search parser"
	SearchTemplate      Kind = "text search template"
	SearchDictionary    Kind = "text search dictionary"
	SearchConfiguration Kind = "text search configuration"
	DataWrapper         Kind = "foreign data wrapper"
	Server              Kind = "server"
	UserMapping         Kind = "user mapping"
	Publication         Kind = "publication"
	Subscription        Kind = "subscription"
	EventTrigger        Kind = "event trigger"
	Language            Kind = "language"
	AccessMethod        Kind = "access method"

	// DefaultPrivileges are what ALTER DEFAULT PRIVILEGES says of objects to come.
	DefaultPrivileges Kind = "default privileges"
	// ExtensionMember is an object that is left out with its extension, but for privileges that
	// were granted on it since or revoked.
	ExtensionMember Kind = "extension member"
	// SystemObject is an object of the system's, which is left out but for privileges that were
	// granted on it or revoked.
	SystemObject Kind = "system object"
)

// rank is the place of a kind in snapshots and, where nothing else decides, in changes; kinds
// of the same rank are in the order of the alphabet. A switch, because sorting a large
// snapshot asks it often.
func (k Kind) rank() int {
	switch k {
	case Schema, Extension:
		return 0
	case Table, ForeignTable:
		return 1
	case Sequence:
		return 2
	case Enum, Domain, Composite, Range, BaseType, ShellType:
		return 3
	case View, MaterializedView:
		return 4
	case Function, Procedure, Aggregate:
		return 5
	case Column:
		return 6
	case Constraint:
		return 7
	case Index:
		return 8
	case Trigger, Policy, Rule:
		return 9
	default:
		return 10
	}
}

// spelled tells kinds whose names are more than an identifier and written as SQL has them.
func (k Kind) spelled() bool {
	switch k {
	case Function, Procedure, Aggregate, Operator, OperatorClass, OperatorFamily, Cast, Transform, UserMapping,
		DefaultPrivileges, ExtensionMember, SystemObject:
		return true
	default:
		return false
	}
}

// The catalogs in which objects live that others are attached to. Their OIDs are fixed for all
// versions (src/include/catalog/pg_*.h).
const (
	classDefaultACL    = 826
	classType          = 1247
	classProc          = 1255
	classRelation      = 1259
	classServer        = 1417
	classUserMapping   = 1418
	classDataWrapper   = 2328
	classAccessMethod  = 2601
	classCast          = 2605
	classConstraint    = 2606
	classConversion    = 2607
	classLanguage      = 2612
	classNamespace     = 2615
	classOperatorClass = 2616
	classOperator      = 2617
	classRewrite       = 2618
	classTrigger       = 2620
	classFamily        = 2753
	classExtension     = 3079
	classPolicy        = 3256
	classStatistics    = 3381
	classCollation     = 3456
	classEventTrigger  = 3466
	classTransform     = 3576
	classDictionary    = 3600
	classParser        = 3601
	classConfiguration = 3602
	classTemplate      = 3764
	classSubscription  = 6100
	classPublication   = 6104
)

// class is the catalog that an object of this kind lives in.
func (k Kind) class() uint32 {
	switch k {
	case Schema:
		return classNamespace
	case Extension:
		return classExtension
	case Enum, Domain, Composite, Range, BaseType, ShellType:
		return classType
	case Function, Procedure, Aggregate:
		return classProc
	case Constraint:
		return classConstraint
	case Trigger:
		return classTrigger
	case Policy:
		return classPolicy
	case Rule:
		return classRewrite
	default:
		return k.rareClass()
	}
}

func (k Kind) rareClass() uint32 {
	switch k {
	case Statistics:
		return classStatistics
	case Operator:
		return classOperator
	case OperatorClass:
		return classOperatorClass
	case OperatorFamily:
		return classFamily
	case Cast:
		return classCast
	case Transform:
		return classTransform
	case Collation:
		return classCollation
	case Conversion:
		return classConversion
	case SearchParser:
		return classParser
	case SearchTemplate:
		return classTemplate
	case SearchDictionary:
		return classDictionary
	case SearchConfiguration:
		return classConfiguration
	case DataWrapper:
		return classDataWrapper
	case Server:
		return classServer
	case UserMapping:
		return classUserMapping
	case Publication:
		return classPublication
	case Subscription:
		return classSubscription
	case EventTrigger:
		return classEventTrigger
	case Language:
		return classLanguage
	case AccessMethod:
		return classAccessMethod
	case DefaultPrivileges:
		return classDefaultACL
	default: // tables, views, sequences, indexes, columns
		return classRelation
	}
}

// compare orders kinds by their rank, and those of one rank by their names.
func (k Kind) compare(other Kind) int {
	if k == other {
		return 0
	}
	return cmp.Or(cmp.Compare(k.rank(), other.rank()), strings.Compare(string(k), string(other)))
}
