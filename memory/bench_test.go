package memory_test

import "testing"

// BenchmarkDescribe is one look at a job that has ended.
func BenchmarkDescribe(b *testing.B) {
	c := newPool(b, nil)
	ref := started(b, c, csv(b, verified("a")))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Describe(b.Context(), ref); err != nil {
			b.Fatal(err)
		}
	}
}
