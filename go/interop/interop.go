// Package interop tests hooksig for Go together with other implementations of HTTP signatures,
// above all the code that Drone itself uses. It has only tests and benchmarks, and is a separate
// module so that hooksig depends on none of them.
package interop
