package register

import "testing"

func BenchmarkCheckRow(b *testing.B) {
	row := annas(nil)
	for b.Loop() {
		if _, _, refused := checkRow(2, row); len(refused) > 0 {
			b.Fatal(refused)
		}
	}
}
