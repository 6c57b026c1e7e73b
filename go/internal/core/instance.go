// Package core is the core of hooksig in Go. core.go is translated from WebAssembly, built from the
// same sources as the C library. crypto/sha256 compresses the SHA-256 blocks.
package core

import (
	"encoding/binary"
	"sync"
)

// stackLen is the size of the core's stack, which is at the start of its memory and grows
// downwards. No call uses more than StackUsed of it: the index of 128 names, their values, and
// eight MACs.
const (
	stackLen  = 16 << 10
	StackUsed = 4 << 10
)

// Instance is the core with its own memory. One goroutine at a time may use it.
//
// The memory holds the core's stack and constants, then the callers' part: first its fixed places,
// then a stack of values.
type Instance struct {
	*Module
	memory *[]byte
	sha256 compressor
	// The start of the callers' part, its used part, and the part with secrets.
	base, top   uint32
	secret, end uint32
	grown       bool
}

var instances = sync.Pool{New: func() any { return newInstance() }}

func newInstance() *Instance {
	in := new(Instance)
	in.Module = New(&in.sha256)
	in.memory = in.Xmemory().Slice()
	in.sha256.init(in.memory)
	in.base = align(uint32(*in.X__heap_base()))
	in.top = in.base
	return in
}

// Get returns an instance with an empty callers' part.
func Get() *Instance {
	return instances.Get().(*Instance)
}

// Trapped is the status of a call in which the core stopped.
const Trapped = -1

// Put wipes keys and stack of the instance and releases it. Defer it, because it catches a trap of
// the core and sets the status to [Trapped]. After a trap, or if the memory has grown, the instance
// is dropped.
func (in *Instance) Put(status *int32) {
	if recover() != nil {
		*status = Trapped
		clear(*in.memory)
		in.sha256.wipe()
		return
	}
	if in.end > in.secret {
		clear((*in.memory)[in.secret:in.end])
		clear((*in.memory)[stackLen-StackUsed : stackLen])
	}
	in.top, in.secret, in.end = in.base, 0, 0
	if !in.grown {
		instances.Put(in)
	}
}

// Wipe clears everything that may contain parts of a secret after a call.
func (in *Instance) Wipe() {
	clear((*in.memory)[:stackLen])
	clear((*in.memory)[in.base:in.top])
	in.sha256.wipe()
}

// Room reserves n bytes, aligned for any type, and returns their address.
func (in *Instance) Room(n int) uint32 {
	at := in.top
	in.need(n + 8)
	in.top = align(at + uint32(n))
	return at
}

// Rest returns the address of the unused memory, which has at least n bytes.
func (in *Instance) Rest(n int) (at uint32, memory []byte) {
	in.need(n)
	return in.top, (*in.memory)[in.top:]
}

// String copies s into the memory. The address of an empty string is 0.
func (in *Instance) String(s string) uint32 {
	if s == "" {
		return 0
	}
	at := in.Room(len(s))
	copy((*in.memory)[at:], s)
	return at
}

// Bytes copies b into the memory. The address of an empty slice is 0.
func (in *Instance) Bytes(b []byte) uint32 {
	if len(b) == 0 {
		return 0
	}
	at := in.Room(len(b))
	copy((*in.memory)[at:], b)
	return at
}

// Secret reserves n bytes that Put wipes. Call it once per use of the instance.
func (in *Instance) Secret(n int) uint32 {
	in.secret = in.Room(n)
	in.end = in.secret + uint32(n)
	return in.secret
}

// At returns n bytes of the memory. They are valid until the next reservation.
func (in *Instance) At(at uint32, n int) []byte {
	return (*in.memory)[at:][:n]
}

// Text returns the text at an address, up to its NUL.
func (in *Instance) Text(at int32) string {
	memory := (*in.memory)[uint32(at):]
	for i, octet := range memory {
		if octet == 0 {
			return string(memory[:i])
		}
	}
	return ""
}

func (in *Instance) PutUint32(at uint32, value uint32) {
	binary.LittleEndian.PutUint32((*in.memory)[at:], value)
}

func (in *Instance) PutUint64(at uint32, value uint64) {
	binary.LittleEndian.PutUint64((*in.memory)[at:], value)
}

func (in *Instance) Uint32(at uint32) uint32 {
	return binary.LittleEndian.Uint32((*in.memory)[at:])
}

func (in *Instance) Uint64(at uint32) uint64 {
	return binary.LittleEndian.Uint64((*in.memory)[at:])
}

const pageLen = 64 << 10

// need makes n bytes available.
func (in *Instance) need(n int) {
	missing := uint64(in.top) + uint64(n)
	if missing <= uint64(len(*in.memory)) {
		return
	}
	missing -= uint64(len(*in.memory))
	in.grown = true
	old := *in.memory
	if in.Xmemory().Grow(int64((missing+pageLen-1)/pageLen), maxMem) < 0 {
		panic("hooksig: the core's memory cannot grow")
	}
	if &old[0] != &(*in.memory)[0] {
		clear(old) // It may contain secrets.
	}
}

func align(at uint32) uint32 {
	return (at + 7) &^ 7
}
