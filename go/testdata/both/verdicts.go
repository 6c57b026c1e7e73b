package hooksig

import (
	"fmt"
	"net/http"
	"time"
)

// Verdicts returns all that a receiver and a sender tell about a request, as it is and signed again.
// FuzzVerify compares those of this package with those of its copy that links the C library.
func Verdicts(secret string, r *http.Request, body []byte, now time.Time) ([]string, error) {
	signer, err := NewSigner(secret)
	if err != nil {
		return nil, err
	}
	seconds, dateErr := ParseDate(r.Header.Get("Date"), now)
	all := []string{fmt.Sprint(seconds, dateErr)}
	for _, sign := range []func(*http.Request) error{
		func(*http.Request) error { return nil },
		func(r *http.Request) error { return signer.SignHeaders(r, "hmac-key", "date", "digest") },
		func(r *http.Request) error {
			return signer.SignHeaders(r, "hmac-key", "(request-target)", "host", "date", "digest", "accept")
		},
		func(r *http.Request) error { return signer.Sign(r, body, now) },
	} {
		signed := r.Clone(r.Context())
		signErr := sign(signed)
		all = append(all, fmt.Sprint(signErr, signed.Header))
		verdicts, err := verdictsOn(secret, signed, body, now)
		if err != nil {
			return nil, err
		}
		all = append(all, verdicts...)
	}
	return all, nil
}

// verdictsOn returns the verdict under each of several policies.
func verdictsOn(secret string, r *http.Request, body []byte, now time.Time) (all []string, err error) {
	for _, opts := range [][]Option{
		nil,
		{WithoutClock(), WithMissingAlgorithm(), WithHS2019()},
		{WithRequired("(request-target)", "digest"), WithKeyID("hmac-key"), WithMaxSkew(time.Second)},
	} {
		common := []Option{WithSecrets(secret), WithoutReplayStore(), WithClock(func() time.Time { return now })}
		v, err := NewVerifier("another", append(common, opts...)...)
		if err != nil {
			return nil, err
		}
		verified, beginErr := v.Verify(r, body)
		delivery, err := v.VerifyDelivery(r, body)
		all = append(all, fmt.Sprintf("%v, %v %x", beginErr, verified, verified.Tag[:]), fmt.Sprintf("%v, %v", err, delivery))
	}
	return all, nil
}
