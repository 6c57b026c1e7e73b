package interop

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	httpsignatures "github.com/99designs/httpsignatures-go"

	hooksig "github.com/hooksig/hooksig/go"
)

// message is a request that is being built.
type message struct {
	header http.Header
	body   string
	list   []string
	secret string
	sha1   bool
}

// quirk changes a message before it is signed, as a sender may.
type quirk struct {
	name string
	make func(*message)
}

// change changes a message after it was signed, as may happen on the way.
type change struct {
	name string
	make func(*message)
}

var quirks = []quirk{
	{"an old date", func(m *message) { m.setDate(-time.Hour, http.TimeFormat) }},
	{"a date to come", func(m *message) { m.setDate(time.Hour, http.TimeFormat) }},
	{"a date in UTC", func(m *message) { m.setDate(0, time.RFC1123) }},
	{"a date in RFC 850", func(m *message) { m.setDate(0, "Monday, 02-Jan-06 15:04:05 GMT") }},
	{"the digest of another body", func(m *message) { m.header.Set("Digest", hooksig.Digest([]byte("other"))) }},
	{"a digest in lower case", func(m *message) { m.editHeader("Digest", "SHA-256", "sha-256") }},
	{"a digest without padding", func(m *message) { m.editHeader("Digest", "=$", "") }},
	{"an MD5 digest", func(m *message) { m.header.Set("Digest", "MD5=1B2M2Y8AsgTpgAmY7PhCfg==") }},
	{"two digests in one field", func(m *message) { m.editHeader("Digest", "$", ",unixsum=1") }},
	{"date alone", func(m *message) { m.list = []string{"date"} }},
	{"digest alone", func(m *message) { m.list = []string{"digest"} }},
	{"more headers", func(m *message) { m.list = append(m.list, "content-type") }},
	{"the target", func(m *message) { m.list = append(m.list, "(request-target)") }},
	{"an empty header", func(m *message) { m.header["X-Empty"] = []string{""}; m.list = append(m.list, "x-empty") }},
	{"a repeated header", func(m *message) { m.header["X-Twice"] = []string{"a", "b"}; m.list = append(m.list, "x-twice") }},
	{"a name twice", func(m *message) { m.list = append(m.list, "date") }},
	{"SHA-1", func(m *message) { m.sha1 = true }},
	{"another secret", func(m *message) { m.secret = "another secret" }},
}

var changes = []change{
	{"another body", func(m *message) { m.body += " " }},
	{"another date", func(m *message) { m.setDate(-time.Minute, http.TimeFormat) }},
	{"another digest", func(m *message) { m.header.Set("Digest", hooksig.Digest([]byte("other"))) }},
	{"another MAC", func(m *message) { m.editSignature(`signature="..`, `signature="AA`) }},
	{"a MAC without padding", func(m *message) { m.editSignature(`="(.{43})="`, `="$1"`) }},
	{"a MAC with a space", func(m *message) { m.editSignature(`signature="`, `signature=" `) }},
	{"junk between parameters", func(m *message) { m.editSignature(`,algorithm`, ` junk; algorithm`) }},
	{"no comma", func(m *message) { m.editSignature(`,algorithm`, `algorithm`) }},
	{"white space around commas", func(m *message) { m.editSignature(`,`, "\t, ") }},
	{"white space around an equals sign", func(m *message) { m.editSignature(`keyId=`, "keyId = ") }},
	{"a token", func(m *message) { m.editSignature(`"hmac-sha256"`, "hmac-sha256") }},
	{"a quoted pair", func(m *message) { m.editSignature(`hmac-key`, `hmac\-key`) }},
	{"an unknown parameter", func(m *message) { m.editSignature(`$`, `,created="1"`) }},
	{"an unknown token", func(m *message) { m.editSignature(`$`, `,created=1`) }},
	{"a keyId twice", func(m *message) { m.editSignature(`$`, `,keyId="x"`) }},
	{"a list twice", func(m *message) { m.editSignature(`^`, `headers="x-none",`) }},
	{"a name in capitals", func(m *message) { m.editSignature(`keyId`, `KEYID`) }},
	{"a list in capitals", func(m *message) { m.editSignature(`headers="date`, `headers="DATE`) }},
	{"two spaces in the list", func(m *message) { m.editSignature(`headers="date `, `headers="date  `) }},
	{"no list", func(m *message) { m.editSignature(`,headers="[^"]*"`, "") }},
	{"no keyId", func(m *message) { m.editSignature(`keyId="[^"]*",`, "") }},
	{"an empty keyId", func(m *message) { m.editSignature(`keyId="[^"]*"`, `keyId=""`) }},
	{"no algorithm", func(m *message) { m.editSignature(`algorithm="[^"]*",`, "") }},
	{"hs2019", func(m *message) { m.editSignature(`hmac-sha256`, "hs2019") }},
	{"a second signature", func(m *message) { m.header.Add("Signature", "x") }},
	{"a second signature before", func(m *message) { m.header["Signature"] = append([]string{"x"}, m.header["Signature"]...) }},
	{"Authorization", func(m *message) { m.authorize("Signature ") }},
	{"authorization in lower case", func(m *message) { m.authorize("signature ") }},
	{"Basic beside it", func(m *message) { m.header.Add("Authorization", "Basic b2N0b2NhdDpwYXNz") }},
	{"a signature in both fields", func(m *message) { m.header.Set("Authorization", "Signature "+m.header.Get("Signature")) }},
	{"a second date", func(m *message) { m.header.Add("Date", m.header.Get("Date")) }},
	{"a second content type", func(m *message) { m.header.Add("Content-Type", "text/plain") }},
	{"white space around the date", func(m *message) { m.editHeader("Date", "^", " ") }},
	{"no date", func(m *message) { m.header.Del("Date") }},
	{"no digest", func(m *message) { m.header.Del("Digest") }},
	{"no signature", func(m *message) { m.header.Del("Signature") }},
}

func (m *message) setDate(late time.Duration, layout string) {
	m.header.Set("Date", time.Now().Add(late).UTC().Format(layout))
}

func (m *message) editSignature(pattern, with string) {
	m.editHeader("Signature", pattern, with)
}

func (m *message) editHeader(name, pattern, with string) {
	if values := m.header[name]; len(values) > 0 {
		values[0] = regexp.MustCompile(pattern).ReplaceAllString(values[0], with)
	}
}

func (m *message) authorize(scheme string) {
	if m.header.Get("Signature") != "" {
		m.header.Set("Authorization", scheme+m.header.Get("Signature"))
		m.header.Del("Signature")
	}
}

// request returns the head as a server has it.
func (m *message) request() *http.Request {
	r := httptest.NewRequest("POST", "/hooks", nil)
	r.Header = m.header
	return r
}

// sign signs as the other library does, or as we do if it cannot.
func (m *message) sign(tb testing.TB) {
	algorithm := httpsignatures.AlgorithmHmacSha256
	if m.sha1 {
		algorithm = httpsignatures.AlgorithmHmacSha1
	}
	r := m.request()
	if httpsignatures.NewSigner(algorithm, m.list...).SignRequest("hmac-key", m.secret, r) == nil && m.header["X-Twice"] == nil {
		return
	}
	r.Header.Del("Signature")
	signer, err := hooksig.NewSigner(m.secret)
	check(tb, err)
	if err := signer.SignHeaders(r, "hmac-key", m.list...); err != nil {
		r.Header.Set("Signature", "unsigned")
	}
}

// randomMessage returns a signed message with some quirks and changes, and their names.
func randomMessage(tb testing.TB, random *rand.Rand) (*message, []string) {
	body := `{"event":"build","action":"created"}`
	m := &message{
		header: http.Header{"Content-Type": {"application/json"}, "Digest": {hooksig.Digest([]byte(body))}},
		body:   body,
		list:   []string{"date", "digest"},
		secret: secret,
	}
	m.setDate(0, http.TimeFormat)
	var story []string
	for range random.IntN(3) {
		quirk := quirks[random.IntN(len(quirks))]
		quirk.make(m)
		story = append(story, quirk.name)
	}
	m.sign(tb)
	for range random.IntN(3) {
		change := changes[random.IntN(len(changes))]
		change.make(m)
		story = append(story, change.name)
	}
	return m, story
}

// stricter maps our refusals of requests that httpsignatures-go accepts to rules of DESIGN.md.
var stricter = map[error]string{
	hooksig.ErrRepeatedSignature:    "rule 1: exactly one signature; it takes the first",
	hooksig.ErrMalformedParams:      "rule 2: nothing but parameters; it skips what its regular expression does not match",
	hooksig.ErrRepeatedParam:        "rule 2: no parameter twice; it takes the last",
	hooksig.ErrRepeatedName:         "rule 4: no name twice in the list",
	hooksig.ErrUnsupportedAlgorithm: "rule 3: HMAC-SHA-256 alone; it also takes SHA-1",
	hooksig.ErrNotCovered:           "rule 4: date and digest must be covered; it wants date alone",
	hooksig.ErrRepeatedDate:         "rule 7: one Date; it takes the first",
	hooksig.ErrMalformedDate:        "rule 7: an HTTP-date; it takes any text",
	hooksig.ErrDateTooOld:           "rule 7: a recent date; it does not look at the clock",
	hooksig.ErrDateTooNew:           "rule 7: a recent date; it does not look at the clock",
	hooksig.ErrMalformedDigest:      "rule 8: a well-formed Digest",
	hooksig.ErrUnsupportedDigest:    "rule 8: a SHA-256 in Digest",
	hooksig.ErrDigestMismatch:       "rule 8: Digest must be that of the body; it does not look at the body",
}

// difference is a kind of request that the two libraries judge differently.
type difference struct {
	rule    string
	applies func(*message) bool
}

// otherString lists why we refuse a signature that httpsignatures-go finds right.
var otherString = []difference{
	{"rule 5: all values of a covered header are signed; it signs the first", func(m *message) bool {
		return slices.ContainsFunc(m.list, func(name string) bool { return len(m.header.Values(name)) > 1 })
	}},
}

// laxer maps requests that we accept and httpsignatures-go refuses to rules of DESIGN.md.
var laxer = []difference{
	{"rule 1: schemes are compared without regard to case", func(m *message) bool {
		return strings.HasPrefix(m.header.Get("Authorization"), "signature ")
	}},
	{"rule 2: unknown parameters are ignored", signatureMatches(`created=`)},
	{"rule 2: names are compared without regard to case", signatureMatches(`KEYID`)},
	{"rule 2: a value may be a token", signatureMatches(`algorithm=hmac`)},
	{"rule 2: white space may stand around an equals sign", signatureMatches(`keyId = `)},
	{"rule 5: an empty value is signed as such", func(m *message) bool { return m.header["X-Empty"] != nil }},
	{"rule 5: all values of a covered header are signed", func(m *message) bool { return m.header["X-Twice"] != nil }},
	{"rule 5: white space around a value is not part of it", func(m *message) bool { return strings.HasPrefix(m.header.Get("Date"), " ") }},
}

func signatureMatches(pattern string) func(*message) bool {
	return func(m *message) bool {
		field := m.header.Get("Signature") + m.header.Get("Authorization")
		return strings.Contains(field, pattern)
	}
}

// explain returns the rule for a difference, or "".
func explain(m *message, err error) string {
	differences := laxer
	if err != nil {
		if rule := stricter[err]; rule != "" {
			return rule
		}
		differences = otherString
	}
	for _, difference := range differences {
		if difference.applies(m) {
			return difference.rule
		}
	}
	return ""
}

// Whenever our verdict differs from that of Drone's own library, a rule explains it.
func TestDifferential(t *testing.T) {
	v, err := hooksig.NewVerifier(secret, hooksig.WithoutReplayStore())
	check(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	found := map[string]int{}
	agreed := map[bool]int{}
	for range 20_000 {
		m, story := randomMessage(t, random)
		_, err := v.Verify(m.request(), []byte(m.body))
		if (err == nil) == isValidThere(m.request()) {
			agreed[err == nil]++
			continue
		}
		rule := explain(m, err)
		if rule == "" {
			t.Errorf("we say %v, they do not: %q\n%v", err, story, m.header)
		}
		found[rule]++
	}
	t.Logf("both accept %d, both refuse %d", agreed[true], agreed[false])
	for _, rule := range slices.Sorted(maps.Keys(found)) {
		t.Logf("%5d by %s", found[rule], rule)
	}
	checkAllFound(t, found)
}

// checkAllFound checks that every rule was needed.
func checkAllFound(t *testing.T, found map[string]int) {
	t.Helper()
	rules := slices.Collect(maps.Values(stricter))
	for _, difference := range slices.Concat(otherString, laxer) {
		rules = append(rules, difference.rule)
	}
	for _, rule := range rules {
		if found[rule] == 0 {
			t.Errorf("no difference by %s", rule)
		}
	}
}

func isValidThere(r *http.Request) bool {
	signature, err := httpsignatures.FromRequest(r)
	return err == nil && signature.IsValid(secret, r)
}
