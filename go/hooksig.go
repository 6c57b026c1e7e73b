// Package hooksig decides whether a Drone webhook is genuine: whether it came from a holder of the
// secret, just now, with exactly this body, and for the first time.
//
// [Middleware] passes only genuine deliveries to a handler, which gets event, action and body with
// [DeliveryFrom]. [Handler] replaces drone-go's webhook.Handler. Both use a [Verifier], which also
// serves other kinds of servers. [Signer] and [Transport] send as Drone does.
//
// The package is pure Go by default: its core is translated from the Rust sources of the C library.
// With the build tag hooksig_cgo it links the installed C library, which pkg-config finds, and with
// hooksig_static the one that `make lib` puts into the checkout. Verdicts are the same; docs/go.md
// says when to choose a tag.
package hooksig
