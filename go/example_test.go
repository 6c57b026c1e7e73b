package hooksig_test

import (
	"context"
	"errors"
	"expvar"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// send delivers a webhook to handler as a Drone server would, and returns the status.
func send(handler http.Handler, body string) int {
	signer, err := hooksig.NewSigner("bea26a2221fd8090ea38720fc445eca6")
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	client := &http.Client{Transport: &hooksig.Transport{Signer: signer}}
	response, err := client.Post(server.URL+"/hooks", "application/json", strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

func ExampleMiddleware() {
	os.Setenv("DRONE_WEBHOOK_SECRET", "bea26a2221fd8090ea38720fc445eca6")

	verifier, err := hooksig.NewVerifier(os.Getenv("DRONE_WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err) // No secret is an error, never "no check".
	}
	receive := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		delivery, _ := hooksig.DeliveryFrom(r.Context())
		fmt.Println(delivery.Event, delivery.Action, string(delivery.Body))
		w.WriteHeader(http.StatusNoContent)
	})
	mux := http.NewServeMux()
	mux.Handle("POST /hooks", hooksig.Middleware(verifier)(receive))

	fmt.Println(send(mux, `{"event":"build","action":"created"}`))
	// Output:
	// build created {"event":"build","action":"created"}
	// 204
}

// Refusals are for the operator: a hook for the log, counters for metrics.
func ExampleWithOnRefused() {
	verifier, err := hooksig.NewVerifier("another secret")
	if err != nil {
		log.Fatal(err)
	}
	counters := new(hooksig.Counters)
	expvar.Publish("webhooks", counters)
	middleware := hooksig.Middleware(verifier,
		hooksig.WithMaxBody(64<<10),
		hooksig.WithCounters(counters),
		hooksig.WithOnRefused(func(r *http.Request, err error) {
			fmt.Println("refused:", hooksig.Reason(err))
		}))

	fmt.Println(send(middleware(http.NotFoundHandler()), `{"event":"build","action":"created"}`))
	fmt.Println(counters)
	// Output:
	// refused: signature-mismatch
	// 401
	// {"signature-mismatch":1}
}

// userPlugin is a plugin as drone-go defines it; there, the request is a *webhook.Request.
type userPlugin struct{}

type userRequest struct {
	Event string
	User  struct{ Login string }
}

func (userPlugin) Deliver(_ context.Context, in *userRequest) error {
	fmt.Println(in.Event, in.User.Login)
	return nil
}

func ExampleHandler() {
	// With drone-go: handler := webhook.Handler(plugin, secret, logger)
	handler := hooksig.Handler(userPlugin{}, "bea26a2221fd8090ea38720fc445eca6", nil)

	fmt.Println(send(handler, `{"event":"user","action":"created","user":{"login":"octocat"}}`))
	// Output:
	// user octocat
	// 204
}

// To change a secret without losing a delivery, accept the old and the new one, change it in Drone,
// then remove the old one.
func ExampleVerifier_Verify() {
	verifier, err := hooksig.NewVerifier("new", hooksig.WithSecrets("old"), hooksig.WithMaxSkew(time.Minute))
	if err != nil {
		log.Fatal(err)
	}
	body := []byte(`{"event":"build","action":"created"}`)
	r := httptest.NewRequest("POST", "/hooks", nil)
	signer, err := hooksig.NewSigner("old")
	if err != nil {
		log.Fatal(err)
	}
	if err := signer.Sign(r, body, time.Now()); err != nil {
		log.Fatal(err)
	}

	verified, err := verifier.Verify(r, body)
	fmt.Println("secret", verified.KeyIndex, err)
	_, err = verifier.Verify(r, body)
	fmt.Println("again:", errors.Is(err, hooksig.ErrReplayed))
	_, err = verifier.Verify(r, []byte(`{"event":"build","action":"deleted"}`))
	fmt.Println("changed:", errors.Is(err, hooksig.ErrDigestMismatch))
	// Output:
	// secret 1 <nil>
	// again: true
	// changed: true
}

// While a shared store is down, deliveries are refused. Accepting them nevertheless, with replays
// among them, must be requested.
func ExampleAcceptOnFailure() {
	down := failingStore{errors.New("connection refused")}
	accepting := hooksig.AcceptOnFailure(down, func(err error) { fmt.Println("not protected:", err) })
	done := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })

	for _, store := range []hooksig.ReplayStore{down, accepting} {
		verifier, err := hooksig.NewVerifier("bea26a2221fd8090ea38720fc445eca6", hooksig.WithReplayStore(store))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(send(hooksig.Middleware(verifier)(done), `{"event":"build","action":"created"}`))
	}
	// Output:
	// 503
	// not protected: connection refused
	// 204
}

func ExampleTransport() {
	signer, err := hooksig.NewSigner("bea26a2221fd8090ea38720fc445eca6")
	if err != nil {
		log.Fatal(err)
	}
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Header.Get("Digest"))
	}))
	defer receiver.Close()

	client := &http.Client{Transport: &hooksig.Transport{Signer: signer}}
	response, err := client.Post(receiver.URL, "application/json", strings.NewReader(`{"event":"user","action":"created"}`))
	if err != nil {
		log.Fatal(err)
	}
	response.Body.Close()
	// Output:
	// SHA-256=HVvocRUSOTa7btHwKhLoWJDooIfH/9+DePveJEhfTe8=
}
