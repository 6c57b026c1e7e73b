package hooksig_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
	"github.com/hooksig/hooksig/go/internal/cases"
)

func TestRecordedDeliveries(t *testing.T) {
	for _, sent := range recordings(t) {
		t.Run(sent.name, func(t *testing.T) {
			v := newVerifier(t, at(sent.date.Add(time.Minute)))
			delivery, err := v.VerifyDelivery(sent.request, sent.body)
			check(t, err)
			if !delivery.Date.Equal(sent.date) || !delivery.Expires.Equal(sent.date.Add(5*time.Minute)) {
				t.Errorf("date %v, expires %v, sent %v", delivery.Date, delivery.Expires, sent.date)
			}
			if !strings.Contains(string(sent.body), `"event":"`+delivery.Event+`","action":"`+delivery.Action+`"`) {
				t.Errorf("event %q, action %q", delivery.Event, delivery.Action)
			}
			if _, err := v.Verify(sent.request, sent.body); !errors.Is(err, hooksig.ErrReplayed) {
				t.Errorf("the second time: %v", err)
			}
			sent.body[len(sent.body)/2] ^= 1
			if _, err := v.Verify(sent.request, sent.body); !errors.Is(err, hooksig.ErrDigestMismatch) {
				t.Errorf("with another body: %v", err)
			}
		})
	}
}

// Every shared case has the expected result. A request to verify has the same one from its three
// fields and from its whole head.
func TestSharedCases(t *testing.T) {
	verified, signed, dates := 0, 0, 0
	for _, c := range sharedCases(t) {
		switch {
		case c.Text != nil:
			dates++
			checkDate(t, &c)
		case c.List != nil:
			signed++
			checkSign(t, &c)
		default:
			verified++
			checkVerify(t, &c)
		}
	}
	if verified != 141+48+3+24+536 || signed != 29+69 || dates != 2988 {
		t.Errorf("%d requests, %d signings, %d dates", verified, signed, dates)
	}
}

func checkVerify(t *testing.T, c *cases.Case) {
	clock := hooksig.WithoutClock()
	if c.Now != nil {
		clock = at(time.Unix(*c.Now, 0))
	}
	v, err := hooksig.NewVerifier(c.Keys()[0], hooksig.WithSecrets(c.Keys()[1:]...), clock, hooksig.WithoutReplayStore())
	if err == nil {
		_, err = v.Verify(c.Request(), c.Body)
		if _, whole := v.VerifyWhole(c.Request(), c.Body); whole != err {
			t.Errorf("%s: by fields %v, whole %v", c.ID, err, whole)
		}
	}
	if (err == nil) != (c.Expect == "valid") || err != nil && c.Reason != "" && c.Reason != hooksig.Reason(err) {
		t.Errorf("%s: expected %s %s, got %v", c.ID, c.Expect, c.Reason, err)
	}
}

func checkSign(t *testing.T, c *cases.Case) {
	r := c.Request()
	signer, err := hooksig.NewSigner(c.Keys()[0])
	if err == nil {
		err = signer.SignHeaders(r, string(c.KeyID), c.Names()...)
	}
	field := r.Header.Get("Signature")
	switch {
	case (err == nil) != (c.ExpectError == ""):
		t.Errorf("%s: expected %q, got %v", c.ID, c.ExpectError, err)
	case err == nil && !strings.Contains(field, `signature="`+c.Signature+`"`):
		t.Errorf("%s: signed %s", c.ID, field)
	}
}

func checkDate(t *testing.T, c *cases.Case) {
	read, err := hooksig.ParseDate(string(*c.Text), time.Unix(*c.Now, 0))
	if c.Unix == nil && err != hooksig.ErrMalformedDate || c.Unix != nil && (err != nil || read.Unix() != *c.Unix) {
		t.Errorf("%s: %q is read as %v, %v", c.ID, *c.Text, read, err)
	}
}

// An empty target is a target, as in Rust and C. The target of a request with a URL but no
// RequestURI is unknown.
func TestUnknownTarget(t *testing.T) {
	names := []string{"(request-target)", "date", "digest"}
	target := func(r *http.Request) string {
		text, err := hooksig.SigningString(r, names[0])
		check(t, err)
		return string(text)
	}
	r := signed(t, body)
	r.Method, r.URL = "", nil
	if got := target(r); got != "(request-target):  " {
		t.Errorf("an empty line is signed as %q", got)
	}
	check(t, newSigner(t).SignHeaders(r, "hmac-key", names...))
	v := newVerifier(t, hooksig.WithoutReplayStore())
	_, err := v.Verify(r, []byte(body))
	check(t, err)
	r.URL = new(url.URL)
	if _, err := v.Verify(r, []byte(body)); err != hooksig.ErrMissingHeader {
		t.Errorf("with a URL and no RequestURI: %v", err)
	}
	if got := target(r); got != "(request-target): get /" {
		t.Errorf("an empty URL is signed as %q", got)
	}
}

func TestVerifyDoesNotAllocate(t *testing.T) {
	plain := hooksig.WithoutReplayStore()
	rotation, err := hooksig.NewVerifier("new", hooksig.WithSecrets(secret), plain)
	check(t, err)
	wide := signed(t, body)
	wide.RequestURI = "/hooks"
	wide.Header.Set("Accept", "application/json")
	check(t, newSigner(t).SignHeaders(wide, "hmac-key", "(request-target)", "host", "accept", "date", "digest"))
	for name, run := range map[string]struct {
		v *hooksig.Verifier
		r *http.Request
	}{
		"as Drone sends":   {newVerifier(t, plain), signed(t, body)},
		"with two secrets": {rotation, signed(t, body)},
		"of a whole head":  {newVerifier(t, plain), wide},
	} {
		octets := []byte(body)
		allocations := testing.AllocsPerRun(1000, func() {
			if _, err := run.v.Verify(run.r, octets); err != nil {
				t.Fatal(err)
			}
		})
		if allocations != 0 && !raceEnabled {
			t.Errorf("%s: %v allocations", name, allocations)
		}
	}
}

func TestConstructorRefuses(t *testing.T) {
	long := strings.Repeat("x", 200)
	for name, made := range map[string]struct {
		secret string
		opt    hooksig.Option
		want   error
	}{
		"an empty secret":      {"", hooksig.WithoutClock(), hooksig.ErrEmptySecret},
		"an empty second":      {secret, hooksig.WithSecrets(""), hooksig.ErrEmptySecret},
		"requiring nothing":    {secret, hooksig.WithRequired(), hooksig.ErrEmptyList},
		"two names in one":     {secret, hooksig.WithRequired("date digest"), hooksig.ErrMalformedList},
		"a name twice":         {secret, hooksig.WithRequired("date", "Date"), hooksig.ErrRepeatedName},
		"a list too long":      {secret, hooksig.WithRequired(long), hooksig.ErrBufferTooSmall},
		"a keyId too long":     {secret, hooksig.WithKeyID(long), hooksig.ErrBufferTooSmall},
		"an empty keyId":       {secret, hooksig.WithKeyID(""), hooksig.ErrInvalidKeyID},
		"an empty name":        {secret, hooksig.WithRequired("date", ""), hooksig.ErrMalformedList},
		"a secret of NUL":      {"\x00\x00", hooksig.WithoutClock(), hooksig.ErrEmptySecret},
		"half a second":        {secret, hooksig.WithMaxSkew(time.Second / 2), nil},
		"a negative skew":      {secret, hooksig.WithMaxSkew(-time.Second), nil},
		"a nil clock":          {secret, hooksig.WithClock(nil), nil},
		"a nil replay store":   {secret, hooksig.WithReplayStore(nil), nil},
		"a typed nil store":    {secret, hooksig.WithReplayStore((*hooksig.MemoryStore)(nil)), nil},
		"accepting, no store":  {secret, hooksig.WithReplayStore(hooksig.AcceptOnFailure(nil, nil)), nil},
		"accepting, typed nil": {secret, hooksig.WithReplayStore(hooksig.AcceptOnFailure((*minuteStore)(nil), nil)), nil},
		"a nil option":         {secret, nil, nil},
		"a short-lived store":  {secret, hooksig.WithReplayStore(&minuteStore{}), hooksig.ErrSkewTooLarge},
		"a zero store":         {secret, hooksig.WithReplayStore(new(hooksig.MemoryStore)), hooksig.ErrSkewTooLarge},
		"a skew too long":      {secret, hooksig.WithMaxSkew(hooksig.Forever), nil},
	} {
		v, err := hooksig.NewVerifier(made.secret, made.opt)
		if v != nil || err == nil || made.want != nil && !errors.Is(err, made.want) {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
	if _, err := hooksig.NewSigner(""); !errors.Is(err, hooksig.ErrEmptySecret) {
		t.Errorf("a signer without a secret: %v", err)
	}
}

func TestNothingPrintsKeys(t *testing.T) {
	v, signer := newVerifier(t), newSigner(t)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, printed := range []any{v, *v, signer, *signer, struct{ V any }{*v}} {
			if got := fmt.Sprintf(format, printed); len(got) > 100 || !strings.Contains(got, "hooksig.") {
				t.Errorf("%s of %T prints %q", format, printed, got)
			}
		}
	}
}

func TestZeroVerifierRefuses(t *testing.T) {
	if _, err := new(hooksig.Verifier).Verify(signed(t, body), []byte(body)); err == nil {
		t.Error("a verifier without secrets accepts")
	}
}

func TestOptions(t *testing.T) {
	hs2019 := func(r *http.Request) { replaceSignature(r, "hmac-sha256", "hs2019") }
	absent := func(r *http.Request) { replaceSignature(r, `algorithm="hmac-sha256",`, "") }
	asDrone := func(*http.Request) {}
	late := func(by time.Duration) hooksig.Option { return at(time.Now().Add(by)) }
	for name, run := range map[string]struct {
		change func(*http.Request)
		opts   []hooksig.Option
		want   error
	}{
		"default":                  {asDrone, nil, nil},
		"hs2019":                   {hs2019, nil, hooksig.ErrUnsupportedAlgorithm},
		"hs2019 allowed":           {hs2019, []hooksig.Option{hooksig.WithHS2019()}, nil},
		"no algorithm":             {absent, nil, hooksig.ErrMissingParam},
		"no algorithm allowed":     {absent, []hooksig.Option{hooksig.WithMissingAlgorithm()}, nil},
		"another keyId":            {asDrone, []hooksig.Option{hooksig.WithKeyID("other")}, hooksig.ErrUnexpectedKeyID},
		"that keyId":               {asDrone, []hooksig.Option{hooksig.WithKeyID("hmac-key")}, nil},
		"host required":            {asDrone, []hooksig.Option{hooksig.WithRequired("host")}, hooksig.ErrNotCovered},
		"an hour later":            {asDrone, []hooksig.Option{late(time.Hour)}, hooksig.ErrDateTooOld},
		"an hour earlier":          {asDrone, []hooksig.Option{late(-time.Hour)}, hooksig.ErrDateTooNew},
		"an hour later, two taken": {asDrone, []hooksig.Option{late(time.Hour), hooksig.WithMaxSkew(2 * time.Hour)}, nil},
		"without a clock":          {asDrone, []hooksig.Option{hooksig.WithoutClock()}, nil},
	} {
		r := signed(t, body)
		run.change(r)
		if _, err := newVerifier(t, run.opts...).Verify(r, []byte(body)); !errors.Is(err, run.want) {
			t.Errorf("%s: got %v, want %v", name, err, run.want)
		}
	}
}

// Date and Digest must be present and right even if they are not covered.
func TestUncoveredDateAndDigest(t *testing.T) {
	v := newVerifier(t, hooksig.WithRequired("host"), hooksig.WithoutReplayStore())
	for name, run := range map[string]struct {
		field, value string
		want         error
	}{
		"as sent":        {"X-Other", "", nil},
		"no date":        {"Date", "", hooksig.ErrMissingDate},
		"an old date":    {"Date", "Sun, 06 Nov 1994 08:49:37 GMT", hooksig.ErrDateTooOld},
		"no digest":      {"Digest", "", hooksig.ErrMissingDigest},
		"another digest": {"Digest", hooksig.Digest([]byte("another body")), hooksig.ErrDigestMismatch},
	} {
		r := signed(t, body)
		check(t, newSigner(t).SignHeaders(r, "hmac-key", "host"))
		r.Header.Del(run.field)
		if run.value != "" {
			r.Header.Set(run.field, run.value)
		}
		if _, err := v.Verify(r, []byte(body)); err != run.want {
			t.Errorf("%s: got %v, want %v", name, err, run.want)
		}
	}
}

func replaceSignature(r *http.Request, old, new string) {
	r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), old, new, 1))
}

func TestWithoutClockNothingExpires(t *testing.T) {
	store := &recordingStore{}
	v := newVerifier(t, hooksig.WithoutClock(), hooksig.WithReplayStore(store))
	verified, err := v.Verify(signed(t, body), []byte(body))
	check(t, err)
	if !verified.Date.IsZero() || !verified.Expires.IsZero() || store.remember != hooksig.Forever {
		t.Errorf("%+v, to be remembered for %v", verified, store.remember)
	}
}

// A delivery is remembered for two seconds more than the store's skew, whatever the verifier's
// skew.
func TestRememberedWhileAcceptable(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	r := signed(t, body)
	check(t, newSigner(t).Sign(r, []byte(body), now))
	for _, late := range []time.Duration{-30 * time.Second, 0, 1500 * time.Millisecond, 30*time.Second + 999*time.Millisecond} {
		store := &minuteStore{}
		v := newVerifier(t, at(now.Add(late)), hooksig.WithMaxSkew(30*time.Second), hooksig.WithReplayStore(store))
		_, err := v.Verify(r, []byte(body))
		check(t, err)
		if want := 63*time.Second - late; store.remember != want {
			t.Errorf("%v late: remembered for %v, want %v", late, store.remember, want)
		}
	}
}

type recordingStore struct{ remember time.Duration }

func (*recordingStore) MaxSkew() time.Duration { return hooksig.Forever }

func (s *recordingStore) Claim(_ context.Context, _ hooksig.Tag, remember time.Duration) error {
	s.remember = remember
	return nil
}

// minuteStore is for a skew of a minute.
type minuteStore struct{ recordingStore }

func (*minuteStore) MaxSkew() time.Duration { return time.Minute }

func TestRotation(t *testing.T) {
	v, err := hooksig.NewVerifier("new secret", hooksig.WithSecrets(secret))
	check(t, err)
	verified, err := v.Verify(signed(t, body), []byte(body))
	check(t, err)
	if verified.KeyIndex != 1 {
		t.Errorf("key %d", verified.KeyIndex)
	}
}

func TestEventField(t *testing.T) {
	for name, sent := range map[string]struct {
		body   string
		fields []string
		want   error
	}{
		"as Drone sends":       {body, []string{"build"}, nil},
		"white space":          {body, []string{" build\t"}, nil},
		"no field":             {body, nil, nil},
		"twice the same":       {body, []string{"build", "build"}, nil},
		"another event":        {body, []string{"repo"}, hooksig.ErrEventMismatch},
		"a second one":         {body, []string{"build", "repo"}, hooksig.ErrEventMismatch},
		"an empty field":       {body, []string{""}, hooksig.ErrEventMismatch},
		"an old server":        {`{"action":"created"}`, []string{"build"}, nil},
		"an unknown event":     {`{"event":"cron","action":"ticked"}`, []string{"cron"}, nil},
		"an empty event":       {`{"event":""}`, []string{"build"}, hooksig.ErrEventMismatch},
		"an escaped event":     {`{"event":"b\u0075ild"}`, []string{"build"}, nil},
		"a body without JSON":  {"hello", nil, hooksig.ErrMalformedBody},
		"an event of a kind":   {`{"event":1}`, nil, hooksig.ErrMalformedBody},
		"an event in capitals": {`{"EVENT":"user"}`, nil, hooksig.ErrMalformedBody},
		"an action twice":      {`{"action":"a","action":"a","event":"user"}`, nil, hooksig.ErrMalformedBody},
	} {
		r := signed(t, sent.body)
		r.Header["X-Drone-Event"] = sent.fields
		if _, err := newVerifier(t).VerifyDelivery(r, []byte(sent.body)); !errors.Is(err, sent.want) {
			t.Errorf("%s: got %v, want %v", name, err, sent.want)
		}
	}
}

func TestUnknownEventAndAction(t *testing.T) {
	for text, want := range map[string][2]string{
		`{"event":"cron","action":"ticked"}`:   {"cron", "ticked"},
		`{"event":"repo","action":"disabled"}`: {"repo", "disabled"},
		`{"event":"user","action":"updated"}`:  {"user", "updated"},
		`{"action":"deleted"}`:                 {"", "deleted"},
		`{"action":"enabled"}`:                 {"", "enabled"},
		`{}`:                                   {"", ""},
	} {
		delivery, err := newVerifier(t).VerifyDelivery(signed(t, text), []byte(text))
		check(t, err)
		if got := [2]string{delivery.Event, delivery.Action}; got != want {
			t.Errorf("%s: got %q", text, got)
		}
	}
}

// A delivery that is refused for its event can still be accepted as it was sent.
func TestMismatchClaimsNothing(t *testing.T) {
	v := newVerifier(t)
	r := signed(t, body)
	r.Header.Set("X-Drone-Event", "repo")
	if _, err := v.VerifyDelivery(r, []byte(body)); !errors.Is(err, hooksig.ErrEventMismatch) {
		t.Fatal(err)
	}
	r.Header.Set("X-Drone-Event", "build")
	_, err := v.VerifyDelivery(r, []byte(body))
	check(t, err)
}

// The standard library computes the same signature and tag.
func TestSignatureIsHMAC(t *testing.T) {
	r := signed(t, body)
	verified, err := newVerifier(t).Verify(r, []byte(body))
	check(t, err)
	digest := sha256.Sum256([]byte(body))
	field := "SHA-256=" + base64.StdEncoding.EncodeToString(digest[:])
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("date: " + r.Header.Get("Date") + "\ndigest: " + field))
	tag := mac.Sum(nil)
	want := `keyId="hmac-key",algorithm="hmac-sha256",signature="` +
		base64.StdEncoding.EncodeToString(tag) + `",headers="date digest"`
	if r.Header.Get("Digest") != field || hooksig.Digest([]byte(body)) != field {
		t.Errorf("Digest is %s, want %s", r.Header.Get("Digest"), field)
	}
	if r.Header.Get("Signature") != want {
		t.Errorf("Signature is %s, want %s", r.Header.Get("Signature"), want)
	}
	if string(verified.Tag[:]) != string(tag) {
		t.Errorf("the tag is %x, want %x", verified.Tag[:], tag)
	}
}
