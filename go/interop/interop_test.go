package interop

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/drone/drone-go/plugin/webhook"

	hooksig "github.com/hooksig/hooksig/go"
)

var update = flag.Bool("update", false, "write the tables that the tests find into README.md")

// row is one line of a table: a delivery, and the verdict of each verifier.
type row struct {
	what    string
	results []string
}

const (
	accepted = "accepted"
	refused  = "refused"
	notTried = "–"
)

// Genuine deliveries are accepted by everyone, forged ones by none of ours. Senders with hs2019
// instead of the algorithm's name are accepted by verifiers configured for it.
func TestInteroperability(t *testing.T) {
	cReceiver = buildCReceiver(t)
	genuine := tryAll(t, senders)
	for _, row := range genuine {
		for i, result := range row.results {
			if result == refused && !strings.Contains(row.what, "hs2019") {
				t.Errorf("%s was refused by %s", row.what, verifiers[i].name)
			}
		}
	}
	forged := tryAll(t, forgeries)
	for _, row := range forged {
		for i, result := range row.results {
			if strings.HasPrefix(verifiers[i].name, "hooksig") && result == accepted {
				t.Errorf("%s was accepted by %s", row.what, verifiers[i].name)
			}
		}
	}
	if cReceiver == "" {
		missing(t, "libmicrohttpd, for the C receiver")
	}
	var names []string
	for _, verifier := range verifiers {
		names = append(names, verifier.name)
	}
	checkReadme(t, "genuine", table("signed by", names, genuine))
	checkReadme(t, "forged", table("fault", names, forged))
}

// missing skips the rest of a test, or fails it if CI is set.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("missing: %s", what)
	}
	t.Skipf("missing: %s", what)
}

func tryAll(t *testing.T, senders []sender) []row {
	t.Helper()
	var rows []row
	for _, sender := range senders {
		r := row{what: sender.name}
		for _, verifier := range verifiers {
			r.results = append(r.results, try(t, sender, verifier))
		}
		rows = append(rows, r)
	}
	return rows
}

// try lets a sender deliver to a fresh receiver. A recording needs one with a settable clock.
func try(t *testing.T, sender sender, verifier verifier) string {
	t.Helper()
	clock := hooksig.WithClock(time.Now)
	if strings.Contains(sender.name, "recorded") {
		if verifier.name == "hooksig C receiver" {
			return notTried
		}
		sent, _ := readRecording(t)
		date, err := http.ParseTime(sent.Header.Get("Date"))
		check(t, err)
		clock = hooksig.WithClock(func() time.Time { return date.Add(time.Second) })
	}
	url := verifier.serve(t, clock)
	switch {
	case url == "":
		return notTried
	case sender.send(t, url):
		return accepted
	default:
		return refused
	}
}

// forgeries are faulty deliveries of our signer.
var forgeries = []sender{
	{"another body", forge(replaceBody)},
	{"another body and its digest", forge(func(r *http.Request) {
		replaceBody(r)
		r.Header.Set("Digest", hooksig.Digest([]byte(otherBody)))
	})},
	{"sent an hour ago", sendOld},
	{"sent twice", sendTwice},
	{"another event in `X-Drone-Event`", forge(func(r *http.Request) { r.Header.Set("X-Drone-Event", "user") })},
	{"junk between parameters", forge(func(r *http.Request) { editSignature(r, ",algorithm", " junk; algorithm") })},
	{"a parameter twice", forge(func(r *http.Request) { editSignature(r, "keyId=", `keyId="x",keyId=`) })},
	{"two signatures", forge(func(r *http.Request) { r.Header.Add("Signature", "x") })},
	{"body not covered by the signature", forgeWith("date")},
}

const otherBody = `{"event":"build","action":"deleted"}`

func replaceBody(r *http.Request) {
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(otherBody)), int64(len(otherBody))
}

func editSignature(r *http.Request, old, new string) {
	r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), old, new, 1))
}

// forge changes a signed request on its way.
func forge(change func(*http.Request)) func(*testing.T, string) bool {
	return func(t *testing.T, url string) bool {
		r := newPost(t, url, body)
		check(t, newSigner(t).Sign(r, []byte(body), time.Now()))
		change(r)
		return post(t, http.DefaultClient, r)
	}
}

// forgeWith signs only over names.
func forgeWith(names ...string) func(*testing.T, string) bool {
	return func(t *testing.T, url string) bool {
		r := newPost(t, url, body)
		check(t, newSigner(t).Sign(r, []byte(body), time.Now()))
		check(t, newSigner(t).SignHeaders(r, "hmac-key", names...))
		return post(t, http.DefaultClient, r)
	}
}

func sendOld(t *testing.T, url string) bool {
	r := newPost(t, url, body)
	check(t, newSigner(t).Sign(r, []byte(body), time.Now().Add(-time.Hour)))
	return post(t, http.DefaultClient, r)
}

// sendTwice reports whether the second of two equal deliveries was accepted.
func sendTwice(t *testing.T, url string) bool {
	r := newPost(t, url, body)
	check(t, newSigner(t).Sign(r, []byte(body), time.Now()))
	if !post(t, http.DefaultClient, r) {
		t.Errorf("%s refused the first", url)
	}
	r.Body, _ = r.GetBody()
	return post(t, http.DefaultClient, r)
}

func TestHS2019IsAcceptedOnDemand(t *testing.T) {
	if url := serveMiddleware(t, hooksig.WithHS2019()); !sendWithGoFed(t, url) {
		t.Error("go-fed/httpsig was refused")
	}
}

// drone-go's handler can be replaced in one line.
func TestHandlerTakesThePlaceOfDroneGos(t *testing.T) {
	var plugin webhook.Plugin = acceptAll{}
	for name, handler := range map[string]http.Handler{
		"theirs": webhook.Handler(plugin, secret, nil),
		"ours":   hooksig.Handler(plugin, secret, nil),
	} {
		if !sendWithDroneGo(t, start(t, handler)) {
			t.Errorf("%s refuses", name)
		}
	}
}

func table(head string, names []string, rows []row) string {
	var out strings.Builder
	line := func(cells ...string) {
		fmt.Fprintf(&out, "| %s |\n", strings.Join(cells, " | "))
	}
	heads, rule := []string{head}, "|---|"
	for _, name := range names {
		heads = append(heads, name)
		rule += "---|"
	}
	line(heads...)
	fmt.Fprintln(&out, rule)
	for _, row := range rows {
		line(append([]string{row.what}, row.results...)...)
	}
	return out.String()
}

// checkReadme compares a table with the one between the marks of its name, or writes it there.
func checkReadme(t *testing.T, name, table string) {
	t.Helper()
	checkTable(t, "../README.md", name, table)
}

// checkTable compares a table of a page with the results, or writes it.
func checkTable(t *testing.T, path, name, table string) {
	t.Helper()
	readme, err := os.ReadFile(path)
	check(t, err)
	before, rest, ok := strings.Cut(string(readme), "<!-- "+name+" -->\n")
	old, after, ended := strings.Cut(rest, "<!-- end -->")
	switch {
	case !ok || !ended:
		t.Errorf("README.md has no marks for the table %q", name)
	case *update:
		check(t, os.WriteFile(path, []byte(before+"<!-- "+name+" -->\n"+table+"<!-- end -->"+after), 0o644))
	case old != table:
		t.Errorf("the table %q in README.md is not what was found; go test -run Interop -update writes it:\n%s", name, table)
	}
}
