package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

const secret = "bea26a2221fd8090ea38720fc445eca6"

var (
	signer      = newSigner(secret)
	otherSigner = newSigner("00112233445566778899aabbccddeeff")
)

func newSigner(secret string) *hooksig.Signer {
	signer, err := hooksig.NewSigner(secret)
	if err != nil {
		panic(err)
	}
	return signer
}

// delivery may be sent more than once.
type delivery struct {
	id      string
	raw     []byte
	genuine bool
	// expires is true if the delivery expires during the run.
	expires bool

	mu      sync.Mutex
	answers []answer
}

// answer is the result of sending a delivery once.
type answer struct {
	code int
	// life of the receiver that it was sent to: the number of kills before it.
	life int
	// killed is true if there is no answer because the receiver was killed meanwhile.
	killed bool
	// hungUp is true if the sender did not wait for the answer.
	hungUp bool
	err    error
}

func (d *delivery) add(a answer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers = append(d.answers, a)
}

// newGenuine returns a delivery that must be accepted once. The receivers log its action, which is
// the id.
func newGenuine(id string) *delivery {
	return newDated(id, time.Now())
}

func newDated(id string, date time.Time) *delivery {
	return &delivery{id: id, genuine: true, raw: write(sign(signer, id, date))}
}

// forgeries maps the ways of making a delivery that must be refused.
var forgeries = map[string]func(id string) *http.Request{
	"tampered body": func(id string) *http.Request {
		r := sign(signer, "x"+id[1:], time.Now())
		return withBody(r, body(id))
	},
	"tampered body with its digest": func(id string) *http.Request {
		r := withBody(sign(signer, "x"+id[1:], time.Now()), body(id))
		r.Header.Set("Digest", hooksig.Digest(body(id)))
		return r
	},
	"tampered date": func(id string) *http.Request {
		r := sign(signer, id, time.Now().Add(-10*time.Minute))
		r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
		return r
	},
	"another event": func(id string) *http.Request {
		r := sign(signer, id, time.Now())
		r.Header.Set("X-Drone-Event", "user")
		return r
	},
	"another secret": func(id string) *http.Request { return sign(otherSigner, id, time.Now()) },
	"stale":          func(id string) *http.Request { return sign(signer, id, time.Now().Add(-6*time.Minute)) },
	"from the future": func(id string) *http.Request {
		return sign(signer, id, time.Now().Add(6*time.Minute))
	},
	"two dates": func(id string) *http.Request {
		r := sign(signer, id, time.Now())
		r.Header.Add("Date", r.Header.Get("Date"))
		return r
	},
	"two signatures": func(id string) *http.Request {
		r := sign(signer, id, time.Now())
		r.Header.Add("Signature", r.Header.Get("Signature"))
		return r
	},
	"no signature": func(id string) *http.Request {
		r := sign(signer, id, time.Now())
		r.Header.Del("Signature")
		return r
	},
}

func newForgery(id string, how func(string) *http.Request) *delivery {
	return &delivery{id: id, raw: write(how(id))}
}

func sign(signer *hooksig.Signer, id string, at time.Time) *http.Request {
	r, err := http.NewRequest("POST", "http://receiver.test/hooks", nil)
	if err != nil {
		panic(err)
	}
	if err := signer.Sign(r, body(id), at); err != nil {
		panic(err)
	}
	return withBody(r, body(id))
}

// body holds the id. A few bodies are so long that their heads are judged before they are read.
func body(id string) []byte {
	filler := 100 + 20*int(id[len(id)-1])
	if strings.HasSuffix(id, "77") {
		filler = 80 << 10
	}
	return fmt.Appendf(nil, `{"event":"build","action":"%s","text":"%s"}`, id, strings.Repeat("x", filler))
}

// withBody gives r that body, with its length or in chunks.
func withBody(r *http.Request, body []byte) *http.Request {
	r.Body = http.NoBody
	r.ContentLength = int64(len(body))
	if rand.IntN(2) == 0 {
		r.ContentLength = -1
	}
	r.Body = readCloser{bytes.NewReader(body)}
	return r
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func write(r *http.Request) []byte {
	var raw bytes.Buffer
	if err := r.Write(&raw); err != nil {
		panic(err)
	}
	return raw.Bytes()
}
