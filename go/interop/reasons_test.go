package interop

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	httpsignatures "github.com/99designs/httpsignatures-go"
	"github.com/drone/drone-go/plugin/webhook"
	"github.com/go-fed/httpsig"

	hooksig "github.com/hooksig/hooksig/go"
)

// faults are mistakes of senders and proxies, each another one.
var faults = []func(r *http.Request){
	func(r *http.Request) { r.Header.Del("Signature") },
	func(r *http.Request) { r.Header.Set("Signature", "hmac-key") },
	func(r *http.Request) { editSignature(r, "keyId=\"hmac-key\",", "") },
	func(r *http.Request) { editSignature(r, "hmac-sha256", "hmac-sha512") },
	func(r *http.Request) { editSignature(r, "signature=\"", "signature=\"_") },
	func(r *http.Request) { editSignature(r, "date digest", "date,digest") },
	func(r *http.Request) { editSignature(r, "date digest", "date digest x-request-id") },
	func(r *http.Request) { r.Header.Del("Date") },
	func(r *http.Request) { r.Header.Set("Date", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)) },
}

// judges return the reason for a refusal, or nothing if they accept.
var judges = []struct {
	name  string
	judge func(tb testing.TB) func(r *http.Request) string
}{
	{"hooksig", judgeHooksig},
	{"drone-go `webhook.Handler`", judgeDroneGo},
	{"go-fed/httpsig", judgeGoFed},
}

func judgeHooksig(tb testing.TB) func(*http.Request) string {
	v, err := hooksig.NewVerifier(secret, hooksig.WithoutReplayStore())
	check(tb, err)
	octets := []byte(body)
	return func(r *http.Request) string {
		if _, err := v.Verify(r, octets); err != nil {
			return hooksig.Reason(err)
		}
		return ""
	}
}

func judgeDroneGo(testing.TB) func(*http.Request) string {
	handler := webhook.Handler(acceptAll{}, secret, nil)
	return func(r *http.Request) string {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		return answer.Body.String()
	}
}

func judgeGoFed(testing.TB) func(*http.Request) string {
	return func(r *http.Request) string {
		verifier, err := httpsig.NewVerifier(r)
		if err == nil {
			err = verifier.Verify([]byte(secret), httpsig.HMAC_SHA256)
		}
		if err != nil {
			return err.Error()
		}
		return ""
	}
}

func signedRequest(tb testing.TB) *http.Request {
	tb.Helper()
	r, err := http.NewRequest("POST", "/hooks", strings.NewReader(body))
	check(tb, err)
	check(tb, newSigner(tb).Sign(r, []byte(body), time.Now()))
	return r
}

func TestReasons(t *testing.T) {
	told := row{what: fmt.Sprintf("distinct reasons for %d faults", len(faults))}
	var names []string
	for _, j := range judges {
		judge := j.judge(t)
		if reason := judge(signedRequest(t)); reason != "" {
			t.Errorf("%s refuses what is genuine: %s", j.name, reason)
		}
		reasons := map[string]bool{}
		for _, spoil := range faults {
			r := signedRequest(t)
			spoil(r)
			if reason := judge(r); reason != "" {
				reasons[reason] = true
			}
		}
		names = append(names, j.name)
		told.results = append(told.results, fmt.Sprint(len(reasons)))
	}
	checkReadme(t, "told", table("", names, []row{told}))
}

// Counts the allocations to verify a request in memory, without its body.
func TestAllocations(t *testing.T) {
	r := signedRequest(t)
	ours := judgeHooksig(t)
	allocations := []float64{
		testing.AllocsPerRun(100, func() { ours(r) }),
		testing.AllocsPerRun(100, func() {
			signature, err := httpsignatures.FromRequest(r)
			check(t, err)
			if !signature.IsValid(secret, r) {
				t.Error("it is genuine")
			}
		}),
		testing.AllocsPerRun(100, func() { judgeGoFed(t)(r) }),
	}
	if allocations[0] != 0 {
		t.Errorf("hooksig allocates %v times", allocations[0])
	}
	for _, others := range allocations[1:] {
		if others < 20 {
			t.Errorf("README.md says more than 20: %v", others)
		}
	}
}
