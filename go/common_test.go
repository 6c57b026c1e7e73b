package hooksig_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
	"github.com/hooksig/hooksig/go/internal/cases"
)

// The secret of the recorded deliveries.
const secret = "bea26a2221fd8090ea38720fc445eca6"

const body = `{"event":"build","action":"created"}`

// recording is a delivery that a Drone server sent.
type recording struct {
	name    string
	request *http.Request
	body    []byte
	date    time.Time
}

func recordings(tb testing.TB) []recording {
	tb.Helper()
	paths, err := filepath.Glob("../vectors/deliveries/*.http")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no recorded deliveries: %v", err)
	}
	var all []recording
	for _, path := range paths {
		all = append(all, readRecording(tb, path))
	}
	return all
}

func readRecording(tb testing.TB, path string) recording {
	tb.Helper()
	raw, err := os.ReadFile(path)
	check(tb, err)
	request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	check(tb, err)
	body, err := io.ReadAll(request.Body)
	check(tb, err)
	date, err := http.ParseTime(request.Header.Get("Date"))
	check(tb, err)
	return recording{strings.TrimSuffix(filepath.Base(path), ".http"), request, body, date}
}

// sharedCases returns the cases of every file.
func sharedCases(tb testing.TB) []cases.Case {
	tb.Helper()
	paths, err := cases.Find("../vectors/cases")
	check(tb, err)
	var all []cases.Case
	for _, path := range paths {
		found, err := cases.Read(path)
		check(tb, err)
		all = append(all, found...)
	}
	return all
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func newVerifier(tb testing.TB, opts ...hooksig.Option) *hooksig.Verifier {
	tb.Helper()
	v, err := hooksig.NewVerifier(secret, opts...)
	check(tb, err)
	return v
}

func newSigner(tb testing.TB) *hooksig.Signer {
	tb.Helper()
	signer, err := hooksig.NewSigner(secret)
	check(tb, err)
	return signer
}

// at is a stopped clock.
func at(now time.Time) hooksig.Option {
	return hooksig.WithClock(func() time.Time { return now })
}

// signed returns a delivery of body with the current time.
func signed(tb testing.TB, body string) *http.Request {
	tb.Helper()
	r, err := http.NewRequest("POST", "http://ci.example/hooks?from=drone", strings.NewReader(body))
	check(tb, err)
	check(tb, newSigner(tb).Sign(r, []byte(body), time.Now()))
	return r
}
