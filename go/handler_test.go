package hooksig_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// payload takes the place of drone-go's webhook.Request.
type payload struct {
	Event, Action string
	Number        int
}

type plugin struct {
	got *payload
	err error
}

func (p *plugin) Deliver(_ context.Context, in *payload) error {
	p.got = in
	return p.err
}

type lines []string

func (l *lines) Debugf(format string, _ ...any) { *l = append(*l, format) }

func TestHandler(t *testing.T) {
	for name, run := range map[string]struct {
		body string
		err  error
		code int
	}{
		"accepted":        {body, nil, http.StatusNoContent},
		"failing":         {body, errors.New("pc load letter"), http.StatusInternalServerError},
		"another request": {`{"event":"user","action":"created","number":"one"}`, nil, http.StatusUnauthorized},
		"broken":          {`{"event":"user","action":"created"`, nil, http.StatusUnauthorized},
	} {
		p := &plugin{err: run.err}
		w := httptest.NewRecorder()
		hooksig.Handler(p, secret, nil).ServeHTTP(w, signed(t, run.body))
		if w.Code != run.code {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if run.err != nil && strings.TrimSpace(w.Body.String()) != run.err.Error() {
			t.Errorf("%s: the answer is %q", name, w.Body)
		}
		if run.code == http.StatusNoContent && *p.got != (payload{Event: "build", Action: "created"}) {
			t.Errorf("%s: the plugin got %+v", name, p.got)
		}
	}
}

// claimCounter is a replay store that only counts.
type claimCounter int

func (c *claimCounter) Claim(context.Context, hooksig.Tag, time.Duration) error {
	*c++
	return nil
}

func (*claimCounter) MaxSkew() time.Duration { return hooksig.Forever }

// A genuine body that the plugin cannot take is refused before the delivery is claimed.
func TestHandlerClaimsNothingThatItCannotDecode(t *testing.T) {
	deep := strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)
	for name, body := range map[string]string{
		"too deep":           `{"event":"user","action":"created","x":` + deep + `}`,
		"another request":    `{"event":"user","action":"created","number":"one"}`,
		"broken":             `{"event":"user","action":"created"`,
		"broken, no members": `{"event":"user","action":"created",}`,
	} {
		var claims claimCounter
		v := newVerifier(t, hooksig.WithReplayStore(&claims))
		var reason error
		refused := hooksig.WithOnRefused(func(_ *http.Request, err error) { reason = err })
		handler := hooksig.Middleware(v, refused)(hooksig.PluginHandler(new(plugin)))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, signed(t, body))
		if w.Code != http.StatusUnauthorized || !errors.Is(reason, hooksig.ErrMalformedBody) || claims != 0 {
			t.Errorf("%s: %d, %v, claimed %d times", name, w.Code, reason, claims)
		}
		handler.ServeHTTP(httptest.NewRecorder(), signed(t, `{"event":"user","action":"created","number":1}`))
		if claims != 1 {
			t.Errorf("%s: a good delivery is claimed %d times", name, claims)
		}
	}
}

func TestHandlerRefuses(t *testing.T) {
	var logged lines
	p := new(plugin)
	handler := hooksig.Handler(p, secret, &logged)
	r := signed(t, body)
	r.Header.Del("Signature")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized || p.got != nil || len(logged) != 1 {
		t.Errorf("%d, the plugin got %v, logged %q", w.Code, p.got, logged)
	}
}

// The reason why a handler is unusable is logged at once, and every request is refused.
func TestUnusableHandlers(t *testing.T) {
	var nobody *plugin
	for name, unusable := range map[string]struct {
		made func(*lines) http.Handler
		told int
	}{
		"no secret":              {func(l *lines) http.Handler { return hooksig.Handler(new(plugin), "", l) }, 2},
		"no plugin":              {func(l *lines) http.Handler { return hooksig.Handler[payload](nil, secret, l) }, 2},
		"a typed nil plugin":     {func(l *lines) http.Handler { return hooksig.Handler(nobody, secret, l) }, 2},
		"no secret, no plugin":   {func(l *lines) http.Handler { return hooksig.Handler[payload](nil, "", l) }, 2},
		"no secret, no logger":   {func(*lines) http.Handler { return hooksig.Handler(new(plugin), "", (*lines)(nil)) }, 0},
		"middleware, no plugin":  {func(*lines) http.Handler { return hooksig.Middleware(newVerifier(t))(hooksig.PluginHandler(nobody)) }, 0},
		"middleware, no handler": {func(*lines) http.Handler { return hooksig.Middleware(newVerifier(t))(nil) }, 0},
		"a nil function":         {func(*lines) http.Handler { return hooksig.Middleware(newVerifier(t))(http.HandlerFunc(nil)) }, 0},
		"no verifier":            {func(*lines) http.Handler { return hooksig.Middleware(nil)(new(seen)) }, 0},
		"a zero verifier":        {func(*lines) http.Handler { return hooksig.Middleware(new(hooksig.Verifier))(new(seen)) }, 0},
	} {
		var logged lines
		w := httptest.NewRecorder()
		unusable.made(&logged).ServeHTTP(w, signed(t, body))
		if w.Code != http.StatusInternalServerError || len(logged) != unusable.told {
			t.Errorf("%s: %d, logged %q", name, w.Code, logged)
		}
	}
}

// The plugin gets the verified event and action, whatever else the body says.
func TestPluginGetsTheVerifiedEvent(t *testing.T) {
	for body, want := range map[string]payload{
		`{"event":"build","action":"created","EVENT":"user","Action":"deleted"}`: {Event: "build", Action: "created"},
		`{"event":"build","action":"created","event":"user","action":"deleted"}`: {Event: "build", Action: "created"},
		`{"event":"build","action":"created","Event":1,"ACTION":{}}`:             {Event: "build", Action: "created"},
		`{"event":"build","action":"created","\u0065vent":"user"}`:               {Event: "build", Action: "created"},
		`{"event":"b\u0075ild","action":"created"}`:                              {Event: "build", Action: "created"},
		`{"action":"created"}`: {Event: "", Action: "created"},
		`{}`:                   {Event: "", Action: ""},
	} {
		p := new(plugin)
		w := httptest.NewRecorder()
		hooksig.Handler(p, secret, nil).ServeHTTP(w, signed(t, body))
		if w.Code != http.StatusNoContent || p.got == nil || *p.got != want {
			t.Errorf("%s: %d, the plugin got %+v", body, w.Code, p.got)
		}
	}
}

func TestPluginHandlerNeedsMiddleware(t *testing.T) {
	p := new(plugin)
	w := httptest.NewRecorder()
	hooksig.PluginHandler(p).ServeHTTP(w, signed(t, body))
	if w.Code != http.StatusUnauthorized || p.got != nil {
		t.Errorf("%d, the plugin got %v", w.Code, p.got)
	}
}
