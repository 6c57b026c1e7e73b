// Package hooksig decides whether a Drone webhook is genuine: whether it really came from a holder
// of the secret, just now, with exactly this body, and not a second time.
//
// [Middleware] lets nothing but genuine deliveries reach a handler, which finds event, action and
// body with [DeliveryFrom]. [Handler] takes the place of drone-go's webhook.Handler. [Verifier] is
// what both stand on, for servers of another kind. [Signer] and [Transport] send as Drone does.
//
// The package calls the C library of hooksig: an installed one that pkg-config finds, or with the
// build tag hooksig_static the one that `make lib` puts into the checkout.
package hooksig
