//go:build !cgo && (hooksig_cgo || hooksig_static)

package hooksig

// Set CGO_ENABLED=1 and install a C compiler, or build without tags for pure Go.
import _ "github.com/hooksig/hooksig/go/internal/tags-hooksig_cgo-and-hooksig_static-need-CGO_ENABLED-1"
