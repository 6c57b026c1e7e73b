package hooksig_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	hooksig "github.com/hooksig/hooksig/go"
)

// payload stands for drone-go's webhook.Request.
type payload struct{ Event, Action string }

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
		"another request": {`{"event":"user","action":"created","Action":1}`, nil, http.StatusBadRequest},
	} {
		p := &plugin{err: run.err}
		w := httptest.NewRecorder()
		hooksig.Handler(p, string(secret), nil).ServeHTTP(w, signed(t, run.body))
		if w.Code != run.code {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if run.err != nil && strings.TrimSpace(w.Body.String()) != run.err.Error() {
			t.Errorf("%s: the answer is %q", name, w.Body)
		}
		if run.code == http.StatusNoContent && *p.got != (payload{"build", "created"}) {
			t.Errorf("%s: the plugin got %+v", name, p.got)
		}
	}
}

func TestHandlerRefuses(t *testing.T) {
	var logged lines
	p := new(plugin)
	handler := hooksig.Handler(p, string(secret), &logged)
	r := signed(t, body)
	r.Header.Del("Signature")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized || p.got != nil || len(logged) != 1 {
		t.Errorf("%d, the plugin got %v, logged %q", w.Code, p.got, logged)
	}
}

func TestHandlerWithoutSecretPanics(t *testing.T) {
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, hooksig.ErrEmptySecret) {
			t.Errorf("got %v", err)
		}
	}()
	hooksig.Handler(new(plugin), "", nil)
}

func TestPluginHandlerNeedsMiddleware(t *testing.T) {
	p := new(plugin)
	w := httptest.NewRecorder()
	hooksig.PluginHandler(p).ServeHTTP(w, signed(t, body))
	if w.Code != http.StatusUnauthorized || p.got != nil {
		t.Errorf("%d, the plugin got %v", w.Code, p.got)
	}
}
