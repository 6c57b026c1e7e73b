package hooksig

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
)

// Plugin is the interface of drone-go's webhook plugins; R is its webhook.Request.
type Plugin[R any] interface {
	Deliver(context.Context, *R) error
}

// Logger is the used part of drone-go's logger.Logger.
type Logger interface {
	Debugf(format string, args ...any)
}

// Handler replaces drone-go's webhook.Handler, but accepts only genuine deliveries: it also checks
// body, date and replays, and answers refused requests as [Middleware] does. The logger, which may
// be nil, gets the reason. Each Handler accepts a delivery once.
//
// If the secret is empty or the plugin is nil, every request is refused with 500, and the logger is
// told at once: an empty secret never disables the check. For several secrets and other options,
// wrap [PluginHandler] in a [Middleware].
func Handler[R any](plugin Plugin[R], secret string, logs Logger) http.Handler {
	v, err := NewVerifier(secret)
	log := func(_ *http.Request, err error) {
		if !isNil(logs) {
			logs.Debugf("webhook: refused: %s", err)
		}
	}
	next := PluginHandler(plugin)
	if err != nil || next == nil {
		err = cmp.Or(err, ErrNoHandler)
		log(nil, err)
	}
	return newMiddleware(v, err, []MiddlewareOption{WithOnRefused(log)})(next)
}

// PluginHandler returns a handler that passes accepted deliveries to a plugin of drone-go. It
// answers 204 if the plugin returns nil, and 500 with the text of its error. Event and action in the
// plugin's request are those of the [Delivery], whatever else the body says.
//
// Wrap it directly in a [Middleware]; without one it refuses everything. The Middleware then refuses
// a body that is not the plugin's request in JSON with [ErrMalformedBody], before it claims the
// delivery. With another handler between the two, the PluginHandler answers such a body 400, after
// the claim. For a nil plugin it returns a nil handler, with which a Middleware refuses everything.
func PluginHandler[R any](plugin Plugin[R]) http.Handler {
	if isNil(plugin) {
		return nil
	}
	return &pluginHandler[R]{plugin}
}

// decoder is a handler that decodes a delivery before it is claimed.
type decoder interface {
	decode(*Delivery) error
}

type pluginHandler[R any] struct {
	plugin Plugin[R]
}

// ServeHTTP implements [http.Handler].
func (h *pluginHandler[R]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	delivery, ok := DeliveryFrom(r.Context())
	if !ok {
		refuse(w, ErrMissingSignature)
		return
	}
	request, ok := delivery.request.(*R)
	if !ok {
		request = new(R)
		if err := delivery.unmarshal(request); err != nil {
			http.Error(w, "Invalid Input", http.StatusBadRequest)
			return
		}
	}
	if err := h.plugin.Deliver(r.Context(), request); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// decode keeps the plugin's request in the delivery. encoding/json refuses more than the library,
// such as values nested more than 10,000 deep.
func (h *pluginHandler[R]) decode(d *Delivery) error {
	request := new(R)
	if err := d.unmarshal(request); err != nil {
		return ErrMalformedBody
	}
	d.request = request
	return nil
}

// unmarshal decodes the body, with the delivery's event and action instead of all members that
// encoding/json takes for them, which are those of the same name in any case.
func (d *Delivery) unmarshal(into any) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(d.Body, &members); err != nil {
		return err
	}
	maps.DeleteFunc(members, func(name string, _ json.RawMessage) bool {
		return strings.EqualFold(name, "event") || strings.EqualFold(name, "action")
	})
	if d.HasEvent {
		members["event"], _ = json.Marshal(d.Event) // A string can always be written.
	}
	if d.Action != "" {
		members["action"], _ = json.Marshal(d.Action)
	}
	body, err := json.Marshal(members)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}
