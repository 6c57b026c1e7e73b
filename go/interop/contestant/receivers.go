package main

import (
	"errors"
	"net/http"
	"time"

	httpsignatures "github.com/99designs/httpsignatures-go"
	"github.com/go-fed/httpsig"

	hooksig "github.com/hooksig/hooksig/go"
)

// maxSkew is the largest difference between Date and the clock: longer than a run.
const maxSkew = time.Hour

var contestants = map[string]contestant{
	"hooksig":   {name: "hooksig, Go ", extra: library, make: newHooksig},
	"pure-go":   {name: "by hand, Go ", make: newPureGo},
	"99designs": {name: "99designs/httpsignatures-go", module: "github.com/99designs/httpsignatures-go", make: new99designs},
	"go-fed":    {name: "go-fed/httpsig", module: "github.com/go-fed/httpsig", make: newGoFed},
}

var errRefused = errors.New("refused")

func newHooksig(secrets []string) (receiver, error) {
	verifier, err := hooksig.NewVerifier(secrets[0], hooksig.WithSecrets(secrets[1:]...),
		hooksig.WithMaxSkew(maxSkew), hooksig.WithoutReplayStore())
	if err != nil {
		return receiver{}, err
	}
	signer, err := hooksig.NewSigner(secrets[0])
	if err != nil {
		return receiver{}, err
	}
	return receiver{
		sign: func(r *http.Request, body []byte) error {
			return signer.Sign(r, body, time.Now())
		},
		verify: func(r *http.Request, body []byte) error {
			_, err := verifier.Verify(r, body)
			return err
		},
	}, nil
}

// new99designs is the library that Drone's own code uses. It checks only the MAC; Digest and Date
// are checked by hand.
func new99designs(secrets []string) (receiver, error) {
	signer := httpsignatures.NewSigner(httpsignatures.AlgorithmHmacSha256, "date", "digest")
	head := func(r *http.Request) error {
		signature, err := httpsignatures.FromRequest(r)
		if err != nil {
			return err
		}
		for _, secret := range secrets {
			if signature.IsValid(secret, r) {
				return nil
			}
		}
		return errRefused
	}
	return receiver{
		sign: func(r *http.Request, body []byte) error {
			r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
			r.Header.Set("Digest", digestOf(body))
			return signer.SignRequest("hmac-key", secrets[0], r)
		},
		head:   head,
		verify: withDateAndDigest(head),
	}, nil
}

// newGoFed is a library that checks only the MAC; Digest and Date are checked by hand.
func newGoFed(secrets []string) (receiver, error) {
	signer, _, err := httpsig.NewSigner([]httpsig.Algorithm{httpsig.HMAC_SHA256}, httpsig.DigestSha256,
		[]string{"date", "digest"}, httpsig.Signature, 0)
	if err != nil {
		return receiver{}, err
	}
	head := func(r *http.Request) error {
		verifier, err := httpsig.NewVerifier(r)
		if err != nil {
			return err
		}
		for _, secret := range secrets {
			if err = verifier.Verify([]byte(secret), httpsig.HMAC_SHA256); err == nil {
				break
			}
		}
		return err
	}
	return receiver{
		sign: func(r *http.Request, body []byte) error {
			r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
			r.Header.Del("Digest")
			return signer.SignRequest([]byte(secrets[0]), "hmac-key", r, body)
		},
		head:   head,
		verify: withDateAndDigest(head),
	}, nil
}

func withDateAndDigest(head func(*http.Request) error) func(*http.Request, []byte) error {
	return func(r *http.Request, body []byte) error {
		if err := head(r); err != nil {
			return err
		}
		if err := checkDate(r.Header.Get("Date")); err != nil {
			return err
		}
		if !isDigest(r.Header.Get("Digest"), body) {
			return errRefused
		}
		return nil
	}
}
