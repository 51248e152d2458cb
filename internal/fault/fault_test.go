package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestExplainFindsTheOutermostExplanation(t *testing.T) {
	inner := New("inner", "inner why", "inner do")
	outer := Usage("outer", "outer why", "outer do").Because(inner)
	got, ok := Explain(fmt.Errorf("wrapped: %w", outer))
	if !ok || got.Why != "outer why" || !got.Usage {
		t.Errorf("Explain = %+v, %v", got, ok)
	}
	if !errors.Is(outer, error(inner)) {
		t.Error("the cause is lost")
	}
	if outer.Error() != "outer: inner" {
		t.Errorf("text = %q", outer)
	}
}

func TestExplainWithoutExplanation(t *testing.T) {
	if _, ok := Explain(io.EOF); ok {
		t.Error("a plain error has no explanation")
	}
}

func TestBecauseLeavesTheOriginal(t *testing.T) {
	base := New("base", "", "")
	_ = base.Because(io.EOF)
	if base.Err != nil {
		t.Error("Because changed its receiver")
	}
}
