package login

import "testing"

func TestTakenBack_LeavesOtherTriesAndGoesNotBelowZero(t *testing.T) {
	got := takenBack([]Guess{{Wrong: 3}, {Wrong: 1}, {Wrong: 0}})
	for i, want := range []int{2, 0, 0} {
		if got[i].Wrong != want {
			t.Errorf("count %d is %d, want %d", i, got[i].Wrong, want)
		}
	}
}
