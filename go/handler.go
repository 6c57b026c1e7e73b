package hooksig

import (
	"context"
	"encoding/json"
	"net/http"
)

// Plugin is what drone-go's webhook plugins implement, R being its webhook.Request.
type Plugin[R any] interface {
	Deliver(context.Context, *R) error
}

// Logger is the part of drone-go's logger.Logger that is used.
type Logger interface {
	Debugf(format string, args ...any)
}

// Handler is made and behaves as drone-go's webhook.Handler, but accepts nothing that is not
// genuine: it checks body, date and replays too, and answers what it refuses as [Middleware] does.
// The logger, which may be nil, is told why.
//
// It panics if the secret is empty, since drone-go's has no error to return: an empty secret never
// means that nothing is checked. For several secrets and other options, put [PluginHandler]
// behind a [Middleware].
func Handler[R any](plugin Plugin[R], secret string, logs Logger) http.Handler {
	v, err := NewVerifier([][]byte{[]byte(secret)})
	if err != nil {
		panic(err)
	}
	log := WithOnRefused(func(_ *http.Request, err error) {
		if logs != nil {
			logs.Debugf("webhook: refused: %s", err)
		}
	})
	return Middleware(v, log)(PluginHandler(plugin))
}

// PluginHandler hands accepted deliveries to a plugin of drone-go: 204 where it returns nil, 500
// with the text of its error, 400 where the body is not its request in JSON. It must stand behind a
// [Middleware]; without one it refuses everything.
func PluginHandler[R any](plugin Plugin[R]) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		delivery, ok := DeliveryFrom(r.Context())
		if !ok {
			refuse(w, ErrMissingSignature)
			return
		}
		request := new(R)
		if err := json.Unmarshal(delivery.Body, request); err != nil {
			http.Error(w, "Invalid Input", http.StatusBadRequest)
			return
		}
		if err := plugin.Deliver(r.Context(), request); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
