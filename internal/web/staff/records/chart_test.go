package records

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDraw_BarsStandSideBySideToScale(t *testing.T) {
	got := draw("x", "Logins", []string{"right", "wrong"}, [][]int64{{0, 10, 4}, {5, 0, 1}}, []string{"a", "b", "c"})
	want := chart{
		ID: "x", Title: "Logins", Labels: []string{"a", "b", "c"}, Scale: []string{"10", "5", "0"}, Lines: []string{"0", "150", "300"},
		Series: []series{{"right", "chart__a"}, {"wrong", "chart__b"}},
		Bars: []bar{
			{"chart__a", "375", "0", "125", "300"},
			{"chart__a", "708.3", "180", "125", "120"},
			{"chart__b", "166.7", "150", "125", "150"},
			{"chart__b", "833.3", "270", "125", "30"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDraw_NothingIsAnEmptyPicture(t *testing.T) {
	for name, c := range map[string]chart{
		"zeros":    draw("x", "", []string{"a"}, [][]int64{{0, 0}}, []string{"1", "2"}),
		"no slots": draw("x", "", []string{"a"}, [][]int64{{}}, nil),
		"below":    draw("x", "", []string{"a"}, [][]int64{{-5}}, []string{"1"}),
	} {
		if !c.Nothing || len(c.Bars) != 0 || !cmp.Equal(c.Scale, []string{"1", "0"}) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestNice_IsRoundAndNotLess(t *testing.T) {
	for most, want := range map[int64]int64{
		0: 1, 1: 1, 2: 2, 3: 5, 5: 5, 6: 10, 11: 20, 21: 50, 51: 100, 99_999: 100_000, 4e17: 5e17, 1<<63 - 1: 1<<63 - 1,
	} {
		if got := nice(most); got != want {
			t.Errorf("nice(%d) = %d, want %d", most, got, want)
		}
	}
}

func TestSpread_FewLabelsAllStandManyByThree(t *testing.T) {
	few := []string{"1", "2", "3", "4", "5", "6", "7", "8"}
	if got := spread(few); !cmp.Equal(got, few) {
		t.Error(got)
	}
	if got := spread(append(few, "9")); !cmp.Equal(got, []string{"1", "5", "9"}) {
		t.Error(got)
	}
}
