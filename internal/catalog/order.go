package catalog

// What comes first in a comparison, and first in a change. Reviewers ask in this order: is
// data lost, does a program break, does it block, and what is new.
const (
	weightRecreated = iota
	weightLoss
	weightRename
	weightRewrite
	weightNotNull
	weightOther
	weightAddition
	weightPrivilege
	weightComment
	weightOwner
	weightConsequence
)

// weight is the place of a detail within its change.
func (d Detail) weight() int {
	switch {
	case d.Follows:
		return weightConsequence
	case d.Action == Recreated:
		return weightRecreated
	case d.Action == Removed && (d.Attribute == "" && d.Object.Kind == Column || d.Attribute == labelList):
		return weightLoss
	case d.Action == Renamed:
		return weightRename
	case d.Action == Rewritten, d.Attribute == "type" && d.Object.Kind == Column:
		return weightRewrite
	case d.Attribute != "":
		return attributeWeight(d)
	case d.Action == Added:
		return weightAddition
	}
	return weightOther
}

func attributeWeight(d Detail) int {
	switch d.Attribute {
	case "not_null":
		return weightNotNull
	case labelList:
		if d.Action == Added {
			return weightAddition
		}
	case "grant", "revoke":
		return weightPrivilege
	case "comment", "index_comment", "not_null_comment":
		return weightComment
	case "owner":
		return weightOwner
	}
	return weightOther
}

// weight is the place of a change among all: that of what happened to the object itself, or
// of its first detail if that is more important.
func (c Change) weight() int {
	own := weightConsequence
	switch c.Action {
	case Recreated:
		own = weightRecreated
	case Removed:
		own = c.Object.Kind.removalWeight()
	case Renamed:
		own = weightRename
	case Rewritten:
		own = weightRewrite
	case Added:
		own = weightAddition
	case Changed:
	}
	if len(c.Details) > 0 {
		own = min(own, c.Details[0].weight())
	}
	return own
}

// removalWeight tells what takes data with it from what can be made again.
func (k Kind) removalWeight() int {
	switch k {
	case Table, MaterializedView, Schema:
		return weightLoss
	default:
		return weightOther
	}
}
