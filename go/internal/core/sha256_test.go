package core

import (
	"crypto/sha256"
	"encoding/binary"
	"testing"
)

// A compressor with another version of crypto/sha256 is not used.
func TestKnownAnswer(t *testing.T) {
	known := knownState
	defer func() {
		knownState = known
		if recover() == nil {
			t.Error("a wrong answer was taken")
		}
	}()
	knownState[7] ^= 1
	newInstance()
}

// Blocks compressed one by one, and all at once, make the hash of the message.
func TestCompress(t *testing.T) {
	message := make([]byte, 64*20)
	for i := range message {
		message[i] = byte(i * 7)
	}
	padding := make([]byte, 64)
	padding[0] = 0x80
	binary.BigEndian.PutUint64(padding[56:], uint64(8*len(message)))
	want := sha256.Sum256(message)
	in := newInstance()
	for _, n := range []int{1, 2, 5, 20} {
		state := make([]byte, 32)
		for i, word := range [8]uint32{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19} {
			binary.LittleEndian.PutUint32(state[4*i:], word)
		}
		for at := 0; at < len(message); at += 64 * n {
			in.sha256.compress(state, message[at:][:64*n])
		}
		in.sha256.compress(state, padding)
		for i := range 8 {
			if got := binary.LittleEndian.Uint32(state[4*i:]); got != binary.BigEndian.Uint32(want[4*i:]) {
				t.Fatalf("%d blocks at a time: word %d is %08x", n, i, got)
			}
		}
	}
}
