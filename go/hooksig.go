// Package hooksig decides whether a Drone webhook is genuine: whether it really came from a holder
// of the secret, just now, with exactly this body, and not a second time.
//
// [Middleware] lets nothing but genuine deliveries reach a handler, which finds event, action and
// body with [DeliveryFrom]. [Handler] takes the place of drone-go's webhook.Handler. [Verifier] is
// what both stand on, for servers of another kind. [Signer] and [Transport] send as Drone does.
//
// The package is pure Go by default: its core is translated from the Rust sources that the C library is
// built of. With the build tag hooksig_cgo it links the installed C library, which pkg-config finds, and with
// hooksig_static the one that `make lib` puts into the checkout. Verdicts are the same; docs/go.md says
// when to choose a tag.
package hooksig
