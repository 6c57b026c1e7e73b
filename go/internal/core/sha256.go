package core

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
)

// compressor compresses blocks for the core with crypto/sha256. It loads and reads the state with
// encoding.BinaryUnmarshaler and encoding.BinaryAppender: a word for the version, the state, the
// rest of a block, and the length so far.
type compressor struct {
	memory *[]byte
	hash   interface {
		hash.Hash
		encoding.BinaryUnmarshaler
		encoding.BinaryAppender
	}
	marshaled [marshaledLen]byte
}

const (
	stateAt      = 4
	stateLen     = 32
	marshaledLen = stateAt + stateLen + sha256.BlockSize + 8
)

// The states of SHA-256 after two and after four blocks of the bytes 0 to 255.
var (
	knownMidstate = [8]uint32{0x593253ad, 0xfb4cc018, 0xbe611395, 0x485e47c1, 0x5a5b271d, 0xfb8da14f, 0xe8f77fb4, 0xd05eacbc}
	knownState    = [8]uint32{0xb3faf2c3, 0x8d1c1b14, 0xd7d76b58, 0xdd2b0774, 0xd3396edf, 0x37b62269, 0x4dbf154d, 0xc1d774d1}
)

// init prepares the compressor. It panics if crypto/sha256 no longer marshals its state in this way.
func (c *compressor) init(memory *[]byte) {
	c.memory = memory
	c.hash = sha256.New().(interface {
		hash.Hash
		encoding.BinaryUnmarshaler
		encoding.BinaryAppender
	})
	if text, err := c.hash.AppendBinary(c.marshaled[:0]); err != nil || len(text) != marshaledLen {
		panic("hooksig: this version of crypto/sha256 marshals its state in another way")
	}
	c.check()
}

// check compresses two blocks after a midstate and compares the result with a known one.
func (c *compressor) check() {
	var message [4 * sha256.BlockSize]byte
	for i := range message {
		message[i] = byte(i)
	}
	var state [stateLen]byte
	for i, word := range knownMidstate {
		binary.LittleEndian.PutUint32(state[4*i:], word)
	}
	c.compress(state[:], message[2*sha256.BlockSize:])
	for i, word := range knownState {
		if binary.LittleEndian.Uint32(state[4*i:]) != word {
			panic("hooksig: this version of crypto/sha256 marshals its state in another way")
		}
	}
}

// Xhooksig_host_compress is called by the core: it compresses n blocks into the state.
func (c *compressor) Xhooksig_host_compress(state, blocks, n int32) {
	memory := *c.memory
	c.compress(memory[uint32(state):][:stateLen], memory[uint32(blocks):][:uint32(n)*sha256.BlockSize])
}

// compress compresses blocks into a state of eight little-endian words.
func (c *compressor) compress(state, blocks []byte) {
	marshaled := (*[stateLen]byte)(c.marshaled[stateAt:])
	swap(marshaled, (*[stateLen]byte)(state))
	if err := c.hash.UnmarshalBinary(c.marshaled[:]); err != nil {
		panic(err)
	}
	c.hash.Write(blocks)
	if _, err := c.hash.AppendBinary(c.marshaled[:0]); err != nil {
		panic(err)
	}
	swap((*[stateLen]byte)(state), marshaled)
}

// wipe clears the last state.
func (c *compressor) wipe() {
	clear(c.marshaled[stateAt:])
	c.hash.Reset()
}

// swap copies a state from one byte order to the other.
func swap(to, from *[stateLen]byte) {
	for i := 0; i < stateLen; i += 8 {
		words := binary.LittleEndian.Uint64(from[i : i+8])
		binary.BigEndian.PutUint64(to[i:i+8], words<<32|words>>32)
	}
}
