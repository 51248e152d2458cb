package catalog

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSort(t *testing.T) {
	want := synthetic(60)
	for seed := range uint64(20) {
		got := synthetic(60)
		// Some pieces only, so that families are torn apart but do not vanish.
		random := rand.New(rand.NewPCG(seed, 1))
		for range 40 {
			a, b := random.IntN(len(got.Objects)), random.IntN(len(got.Objects))
			got.Objects[a], got.Objects[b] = got.Objects[b], got.Objects[a]
		}
		if seed == 0 {
			slices.Reverse(got.Objects)
		}
		got.sort()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
	empty := &Snapshot{}
	empty.sort()
}
