// Package interop tests hooksig for Go beside other implementations of HTTP signatures, above all
// the code that Drone itself uses. It holds nothing but tests and benchmarks, and is a module of its
// own so that hooksig depends on none of them.
package interop
