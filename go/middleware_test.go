package hooksig_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// seen is the handler inside a middleware: it records the deliveries that arrive.
type seen struct {
	mu       sync.Mutex
	delivery hooksig.Delivery
	body     string
	proto    string
}

func (s *seen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delivery, ok := hooksig.DeliveryFrom(r.Context())
	body, err := io.ReadAll(r.Body)
	if !ok || err != nil {
		http.Error(w, "no delivery", http.StatusInternalServerError)
		return
	}
	s.delivery, s.body, s.proto = *delivery, string(body), r.Proto
	w.WriteHeader(http.StatusNoContent)
}

// refusals records why requests were refused.
type refusals struct {
	mu   sync.Mutex
	errs []error
}

func (r *refusals) add(_ *http.Request, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

func (r *refusals) last() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.errs) == 0 {
		return nil
	}
	return r.errs[len(r.errs)-1]
}

// server is a receiver on the loopback interface.
type server struct {
	*httptest.Server
	seen     seen
	refused  refusals
	counters hooksig.Counters
}

func serve(t *testing.T, v *hooksig.Verifier, opts ...hooksig.MiddlewareOption) *server {
	t.Helper()
	s := new(server)
	opts = append(opts, hooksig.WithOnRefused(s.refused.add), hooksig.WithCounters(&s.counters))
	s.Server = httptest.NewUnstartedServer(hooksig.Middleware(v, opts...)(&s.seen))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// speak makes the client prefer proto.
func (s *server) speak(proto string) {
	s.Client().Transport.(*http.Transport).ForceAttemptHTTP2 = proto == "HTTP/2.0"
}

// deliver posts body as Drone would, after change.
func (s *server) deliver(t *testing.T, body string, change func(*http.Request)) (code int, text string) {
	t.Helper()
	r, err := http.NewRequest("POST", s.URL+"/hooks", strings.NewReader(body))
	check(t, err)
	check(t, newSigner(t).Sign(r, []byte(body), time.Now()))
	change(r)
	response, err := s.Client().Do(r)
	check(t, err)
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	check(t, err)
	return response.StatusCode, string(got)
}

func unchanged(*http.Request) {}

func TestMiddlewarePassesADelivery(t *testing.T) {
	s := serve(t, newVerifier(t))
	if code, text := s.deliver(t, body, unchanged); code != http.StatusNoContent {
		t.Fatalf("%d %s: %v", code, text, s.refused.last())
	}
	got := s.seen.delivery
	if s.seen.body != body || string(got.Body) != body || got.Event != "build" || got.Action != "created" ||
		got.KeyIndex != 0 || time.Since(got.Date) > time.Minute {
		t.Errorf("got %+v", got)
	}
}

// A request is verified alike however HTTP carries it.
func TestTransports(t *testing.T) {
	long := `{"event":"build","text":"` + strings.Repeat("x", 200<<10) + `"}`
	chunked := func(r *http.Request) { r.ContentLength = -1 }
	expect := func(r *http.Request) { r.Header.Set("Expect", "100-continue") }
	for _, run := range []struct {
		name   string
		body   string
		change func(*http.Request)
	}{
		{"plain", body, unchanged},
		{"chunked", body, chunked},
		{"expect", body, expect},
		{"long", long, unchanged},
		{"long and chunked", long, chunked},
		{"long and expect", long, expect},
	} {
		for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
			t.Run(run.name+" "+proto, func(t *testing.T) {
				s := serve(t, newVerifier(t))
				s.speak(proto)
				code, _ := s.deliver(t, run.body, run.change)
				if code != http.StatusNoContent || s.seen.body != run.body || s.seen.proto != proto {
					t.Errorf("%d over %s: %v", code, s.seen.proto, s.refused.last())
				}
				code, _ = s.deliver(t, run.body, func(r *http.Request) {
					run.change(r)
					r.Header.Set("Digest", hooksig.Digest(nil))
				})
				if code != http.StatusUnauthorized || s.refused.last() != hooksig.ErrSignatureMismatch {
					t.Errorf("tampered: %d, %v", code, s.refused.last())
				}
			})
		}
	}
}

// Trailers come after the verdict on the head, and are ignored.
func TestTrailers(t *testing.T) {
	other := hooksig.Digest([]byte("{}"))
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		s := serve(t, newVerifier(t))
		s.speak(proto)
		code, _ := s.deliver(t, body, func(r *http.Request) {
			r.ContentLength, r.Trailer = -1, http.Header{"Digest": r.Header["Digest"]}
			r.Header.Del("Digest")
		})
		if code != http.StatusUnauthorized || s.refused.last() != hooksig.ErrMissingDigest {
			t.Errorf("%s, Digest in the trailer alone: %d, %v", proto, code, s.refused.last())
		}
		code, _ = s.deliver(t, body, func(r *http.Request) {
			r.ContentLength, r.Trailer = -1, http.Header{"Digest": {other}, "X-Drone-Event": {"user"}}
		})
		if code != http.StatusNoContent || s.seen.proto != proto {
			t.Errorf("%s, another Digest in the trailer: %d, %v", proto, code, s.refused.last())
		}
		code, _ = s.deliver(t, body, func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader("{}"))
			r.ContentLength, r.Trailer = -1, http.Header{"Digest": {other}}
		})
		if code != http.StatusUnauthorized || s.refused.last() != hooksig.ErrDigestMismatch {
			t.Errorf("%s, another body with its Digest in the trailer: %d, %v", proto, code, s.refused.last())
		}
	}
}

// A signature may cover fields that net/http moves out of the header.
func TestCoversMovedFields(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		s := serve(t, newVerifier(t, hooksig.WithRequired("(request-target)", "host", "content-length", "date", "digest")))
		s.speak(proto)
		code, _ := s.deliver(t, body, func(r *http.Request) {
			check(t, newSigner(t).SignHeaders(r, "hmac-key", "(request-target)", "host", "content-length", "date", "digest"))
		})
		if code != http.StatusNoContent || s.seen.proto != proto {
			t.Errorf("%s: %d over %s: %v", proto, code, s.seen.proto, s.refused.last())
		}
	}
}

func TestMiddlewareRefuses(t *testing.T) {
	s := serve(t, newVerifier(t))
	texts := map[string]bool{}
	for name, refused := range map[string]struct {
		change func(*http.Request)
		want   error
	}{
		"no signature":  {func(r *http.Request) { r.Header.Del("Signature") }, hooksig.ErrMissingSignature},
		"another date":  {func(r *http.Request) { r.Header.Set("Date", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)) }, hooksig.ErrSignatureMismatch},
		"another event": {func(r *http.Request) { r.Header.Set("X-Drone-Event", "user") }, hooksig.ErrEventMismatch},
		"another body": {func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader("{}")), 2
		}, hooksig.ErrDigestMismatch},
		"RFC 9421": {func(r *http.Request) {
			r.Header.Set("Signature-Input", `sig=("date")`)
			r.Header.Set("Signature", "sig=:AA==:")
		}, hooksig.ErrRFC9421Signature},
	} {
		code, text := s.deliver(t, body, refused.change)
		if code != http.StatusUnauthorized || !errors.Is(s.refused.last(), refused.want) {
			t.Errorf("%s: %d, %v", name, code, s.refused.last())
		}
		texts[text] = true
	}
	if len(texts) != 1 {
		t.Errorf("the sender is told more than one text: %v", texts)
	}
}

// A genuine delivery, the same again, and a forged one: each is counted by its reason.
func TestCounters(t *testing.T) {
	s := serve(t, newVerifier(t))
	r := signed(t, body)
	same := func(to *http.Request) { to.Header = r.Header }
	s.deliver(t, body, same)
	s.deliver(t, body, same)
	s.deliver(t, body, func(r *http.Request) { r.Header.Del("Date") })
	if got, want := s.counters.String(), `{"missing-date":1,"ok":1,"replayed":1}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if s.counters.Counts()["ok"] != 1 || new(hooksig.Counters).String() != "{}" {
		t.Error("the numbers are not those of the text")
	}
}

// A body that is too long is refused before it is read, or once the limit is exceeded if its length
// is not announced.
func TestBodyLimit(t *testing.T) {
	s := serve(t, newVerifier(t), hooksig.WithMaxBody(100))
	fitting := `{"text":"` + strings.Repeat("x", 89) + `"}`
	if code, _ := s.deliver(t, fitting, unchanged); code != http.StatusNoContent {
		t.Errorf("%d bytes: %d", len(fitting), code)
	}
	for name, change := range map[string]func(*http.Request){
		"announced": unchanged,
		"chunked":   func(r *http.Request) { r.ContentLength = -1 },
	} {
		code, _ := s.deliver(t, fitting+" ", change)
		if code != http.StatusRequestEntityTooLarge || s.refused.last() != hooksig.ErrBodyTooLarge {
			t.Errorf("%s: %d, %v", name, code, s.refused.last())
		}
	}
}

// askedFor records how much the first read of a body asks for, and fails.
type askedFor int

func (a *askedFor) Read(p []byte) (int, error) {
	*a = askedFor(len(p))
	return 0, io.ErrUnexpectedEOF
}

// A sender that announces a body and sends nothing does not make the receiver allocate it.
func TestNoMemoryForWhatIsOnlyAnnounced(t *testing.T) {
	var asked askedFor
	r := signed(t, body)
	r.Body, r.ContentLength = io.NopCloser(&asked), 64<<10
	answer := httptest.NewRecorder()
	hooksig.Middleware(newVerifier(t))(new(seen)).ServeHTTP(answer, r)
	if answer.Code != http.StatusBadRequest || asked == 0 || asked > 8<<10 {
		t.Errorf("%d after a read of %d bytes", answer.Code, asked)
	}
}

// hangUpStore is a store whose sender hangs up before the claim.
type hangUpStore struct {
	hangUp context.CancelFunc
	hooksig.ReplayStore
}

func (s hangUpStore) Claim(ctx context.Context, tag hooksig.Tag, remember time.Duration) error {
	s.hangUp()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.ReplayStore.Claim(ctx, tag, remember)
}

// An observer that sends a delivery and hangs up at the right moment cannot have it claimed but not
// handled.
func TestHangingUpBreaksOffNoClaim(t *testing.T) {
	ctx, hangUp := context.WithCancel(t.Context())
	store := hangUpStore{hangUp, hooksig.NewMemoryStore(10, hooksig.DefaultMaxSkew)}
	var handled seen
	answer := httptest.NewRecorder()
	hooksig.Middleware(newVerifier(t, hooksig.WithReplayStore(store)))(&handled).ServeHTTP(answer, signed(t, body).WithContext(ctx))
	if ctx.Err() == nil || answer.Code != http.StatusNoContent || handled.body != body {
		t.Errorf("%d, handled %q", answer.Code, handled.body)
	}
}

// The answer to a request with Expect comes before its body is requested.
func TestRefusedBeforeTheBodyIsAskedFor(t *testing.T) {
	server := httptest.NewServer(hooksig.Middleware(newVerifier(t))(new(seen)))
	defer server.Close()
	for head, want := range map[string]string{
		"Content-Length: 9999999\r\n":    "HTTP/1.1 413",
		"Content-Length: 999999\r\n":     "HTTP/1.1 401",
		"Content-Length: 9\r\n":          "HTTP/1.1 401",
		"Transfer-Encoding: chunked\r\n": "HTTP/1.1 401",
	} {
		connection, err := net.Dial("tcp", server.Listener.Addr().String())
		check(t, err)
		fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n%s\r\n", head)
		answer := make([]byte, 12)
		_, err = io.ReadFull(connection, answer)
		check(t, err)
		connection.Close()
		if string(answer) != want {
			t.Errorf("%q: %s, want %s", head, answer, want)
		}
	}
}

func TestBodyThatBreaksOff(t *testing.T) {
	s := serve(t, newVerifier(t))
	r := signed(t, body)
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(body), brokenReader{}))
	w := httptest.NewRecorder()
	s.Config.Handler.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || s.refused.last() != hooksig.ErrBodyUnreadable {
		t.Errorf("%d, %v", w.Code, s.refused.last())
	}
}

// A forged head is told as such, and the sender learns nothing from a body that breaks off.
func TestForgedHeadOfABodyThatBreaksOff(t *testing.T) {
	s := serve(t, newVerifier(t))
	for _, length := range []int64{100, (64 << 10) + 1, -1} {
		r := signed(t, body)
		r.Header.Set("Date", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat))
		r.Body, r.ContentLength = io.NopCloser(brokenReader{}), length
		w := httptest.NewRecorder()
		s.Config.Handler.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized || s.refused.last() != hooksig.ErrSignatureMismatch {
			t.Errorf("%d bytes: %d, %v", length, w.Code, s.refused.last())
		}
	}
}

// An observer adds it to a recorded delivery, so that a handler inside fails to decompress the body.
func TestContentEncodingIsNotPassedOn(t *testing.T) {
	var got http.Header
	handler := hooksig.Middleware(newVerifier(t))(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
	r := signed(t, body)
	r.Header["Content-Encoding"] = []string{"gzip", "br"}
	handler.ServeHTTP(httptest.NewRecorder(), r)
	if got.Get("Date") == "" || got["Content-Encoding"] != nil {
		t.Errorf("the handler gets %v", got)
	}
	if r.Header["Content-Encoding"] == nil {
		t.Error("the request of the layer in front has changed")
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

type failingStore struct{ err error }

func (s failingStore) Claim(context.Context, hooksig.Tag, time.Duration) error { return s.err }
func (failingStore) MaxSkew() time.Duration                                    { return hooksig.DefaultMaxSkew }

func TestReplayStoreThatFails(t *testing.T) {
	down := errors.New("connection refused")
	for name, run := range map[string]struct {
		store hooksig.ReplayStore
		code  int
		want  error
	}{
		"refusing":            {failingStore{down}, http.StatusServiceUnavailable, hooksig.ErrReplayStoreFailed},
		"full":                {hooksig.NewMemoryStore(0, hooksig.DefaultMaxSkew), http.StatusServiceUnavailable, hooksig.ErrReplayGuardFull},
		"accepting":           {hooksig.AcceptOnFailure(failingStore{down}, nil), http.StatusNoContent, nil},
		"accepting, replayed": {hooksig.AcceptOnFailure(failingStore{hooksig.ErrReplayed}, nil), http.StatusUnauthorized, hooksig.ErrReplayed},
		"busy":                {failingStore{fmt.Errorf("%w: pool", hooksig.ErrReplayStoreBusy)}, http.StatusServiceUnavailable, hooksig.ErrReplayStoreBusy},
		"accepting, busy":     {hooksig.AcceptOnFailure(failingStore{hooksig.ErrReplayStoreBusy}, nil), http.StatusServiceUnavailable, hooksig.ErrReplayStoreBusy},
		"accepting, full":     {hooksig.AcceptOnFailure(hooksig.NewMemoryStore(0, hooksig.DefaultMaxSkew), nil), http.StatusServiceUnavailable, hooksig.ErrReplayGuardFull},
	} {
		s := serve(t, newVerifier(t, hooksig.WithReplayStore(run.store)))
		code, _ := s.deliver(t, body, unchanged)
		if code != run.code || !errors.Is(s.refused.last(), run.want) {
			t.Errorf("%s: %d, %v", name, code, s.refused.last())
		}
		code, _ = s.deliver(t, body, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(strings.ToUpper(body))) })
		if code != http.StatusUnauthorized || !errors.Is(s.refused.last(), hooksig.ErrDigestMismatch) {
			t.Errorf("%s, another body: %d, %v", name, code, s.refused.last())
		}
	}
}
