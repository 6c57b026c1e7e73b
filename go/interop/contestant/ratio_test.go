package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"
)

// BenchmarkRatio compares hooksig with the SHA-256 of the body and with 99designs/httpsignatures-go. Each round times
// the three within milliseconds, so that a busy machine slows them alike. Reports the medians of all rounds:
//
//	go test -run '^$' -bench Ratio -benchtime 300x ./contestant
func BenchmarkRatio(b *testing.B) {
	hooksig, designs := made(b, "hooksig"), made(b, "99designs")
	for _, size := range []int{358, 4 << 10, 64 << 10, 1 << 20} {
		body := bytes.Repeat([]byte("x"), size)
		r := &http.Request{Method: "POST", RequestURI: "/", Header: http.Header{}}
		must(b, hooksig.sign(r, body))
		hash := func() error { sha256.Sum256(body); return nil }
		ours := func() error { return hooksig.verify(r, body) }
		b.Run(fmt.Sprintf("Verify/%d", size), func(b *testing.B) {
			compare(b, size, ours, hash, func() error { return designs.verify(r, body) })
		})
		b.Run(fmt.Sprintf("Sign/%d", size), func(b *testing.B) {
			compare(b, size, func() error { return hooksig.sign(r, body) }, hash, func() error { return designs.sign(r, body) })
		})
	}
}

// compare reports the median time of an operation, and its median ratio to two others.
func compare(b *testing.B, size int, ours, hash, designs func() error) {
	calls := max(1, 100_000/(size+1000))
	var took, toHash, toDesigns []float64
	for b.Loop() {
		t, h, d := timed(b, calls, ours), timed(b, calls, hash), timed(b, calls, designs)
		took, toHash, toDesigns = append(took, t), append(toHash, t/h), append(toDesigns, t/d)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(took)/1000, "µs")
	b.ReportMetric(median(toHash), "of-sha256")
	b.ReportMetric(median(toDesigns), "of-99designs")
}

// timed returns the nanoseconds of a call.
func timed(b *testing.B, calls int, call func() error) float64 {
	must(b, call())
	start := time.Now()
	for range calls {
		must(b, call())
	}
	return float64(time.Since(start).Nanoseconds()) / float64(calls)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

func made(b *testing.B, name string) receiver {
	r, err := contestants[name].make([]string{"bea26a2221fd8090ea38720fc445eca6"})
	must(b, err)
	return r
}

// must is without testing.B.Helper, which takes 100 ns.
func must(b *testing.B, err error) {
	if err != nil {
		b.Fatal(err)
	}
}
