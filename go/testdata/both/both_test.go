package hooksig_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
	linked "github.com/hooksig/hooksig/go/internal/linked"
)

// checkBoth compares the pure core with the C library. both.sh makes the package linked.
func checkBoth(t *testing.T, r *http.Request, body []byte, now time.Time) {
	t.Helper()
	pure, err := hooksig.Verdicts(secret, r, body, now)
	check(t, err)
	library, err := linked.Verdicts(secret, r, body, now)
	check(t, err)
	if !slices.Equal(pure, library) {
		t.Fatalf("pure Go and the C library differ:\n%q\n%q", pure, library)
	}
}
