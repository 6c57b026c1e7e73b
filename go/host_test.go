package hooksig_test

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// A covered host is the one that the application sees. A request that also names another one is
// refused, over HTTP/1 and over HTTP/2 in the clear and in TLS.
func TestHostIsWhatTheApplicationSees(t *testing.T) {
	const staging, production = "staging.example", "production.example"
	required := hooksig.WithRequired("host", "date", "digest")
	for _, run := range []struct {
		name, target string
		// HTTP/2's :authority and Host fields; for HTTP/1 only the fields.
		authority string
		hosts     []string
		want      error
		overHTTP1 bool
	}{
		{"authority alone", "/", staging, nil, nil, false},
		{"the same twice", "/", staging, []string{staging}, nil, false},
		{"but for its case", "/", "STAGING.example", []string{staging}, nil, false},
		{"a field alone", "/", "", []string{staging}, nil, false},
		{"another authority", "/", production, []string{staging}, hooksig.ErrHostMismatch, false},
		{"another field", "/", staging, []string{production}, hooksig.ErrHostMismatch, false},
		{"another authority alone", "/", production, nil, hooksig.ErrSignatureMismatch, false},
		{"a field twice", "/", staging, []string{staging, staging}, hooksig.ErrHostMismatch, false},
		{"another absolute target", "http://production.example/", staging, nil, hooksig.ErrHostMismatch, false},
		{"HTTP/1", "/", "", []string{staging}, nil, true},
		{"HTTP/1, another", "/", "", []string{production}, hooksig.ErrSignatureMismatch, true},
		{"HTTP/1, absolute", "http://staging.example/", "", []string{staging}, nil, true},
		{"HTTP/1, another absolute target", "http://production.example/", "", []string{staging}, hooksig.ErrSignatureMismatch, true},
	} {
		for _, encrypted := range []bool{false, true} {
			if run.overHTTP1 && encrypted {
				continue
			}
			s := serveHTTP2(t, newVerifier(t, required), encrypted)
			sent := signed(t, body)
			sent.Host = staging
			check(t, newSigner(t).SignHeaders(sent, "hmac-key", "host", "date", "digest"))
			fields := signedFields(sent)
			for _, host := range run.hosts {
				fields = append(fields, [2]string{"host", host})
			}
			connection := s.dial(t, encrypted)
			if run.overHTTP1 {
				sendHTTP1(t, connection, run.target, fields)
			} else {
				sendHTTP2(t, connection, run.target, run.authority, fields)
			}
			if s.refused.last() != run.want || (s.seen.body == body) != (run.want == nil) {
				t.Errorf("%s, in TLS %v: refused %v, handled %q", run.name, encrypted, s.refused.last(), s.seen.body)
			}
		}
	}
}

// serveHTTP2 serves HTTP/1 and HTTP/2 on one port.
func serveHTTP2(t *testing.T, v *hooksig.Verifier, encrypted bool) *server {
	t.Helper()
	s := new(server)
	s.Server = httptest.NewUnstartedServer(hooksig.Middleware(v, hooksig.WithOnRefused(s.refused.add))(&s.seen))
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetHTTP1(true)
	s.Config.Protocols.SetHTTP2(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.EnableHTTP2 = true
	if encrypted {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

func (s *server) dial(t *testing.T, encrypted bool) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", s.Listener.Addr().String())
	check(t, err)
	if encrypted {
		connection = tls.Client(connection, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	}
	t.Cleanup(func() { connection.Close() })
	check(t, connection.SetDeadline(time.Now().Add(10*time.Second)))
	return connection
}

func signedFields(r *http.Request) [][2]string {
	return [][2]string{
		{"date", r.Header.Get("Date")}, {"digest", r.Header.Get("Digest")}, {"signature", r.Header.Get("Signature")},
	}
}

func sendHTTP1(t *testing.T, connection net.Conn, target string, fields [][2]string) {
	t.Helper()
	fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nContent-Length: %d\r\n", target, len(body))
	for _, field := range fields {
		fmt.Fprintf(connection, "%s: %s\r\n", field[0], field[1])
	}
	fmt.Fprintf(connection, "\r\n%s", body)
	_, err := http.ReadResponse(bufio.NewReader(connection), nil)
	check(t, err)
}

// The used kinds and flags of HTTP/2 frames.
const (
	frameData, frameHeaders, frameSettings = 0, 1, 4
	endStream, endHeaders                  = 1, 4
)

// sendHTTP2 sends one request with fields that no client of net/http would send, and waits for the
// answer.
func sendHTTP2(t *testing.T, connection net.Conn, target, authority string, fields [][2]string) {
	t.Helper()
	all := [][2]string{{":method", "POST"}, {":scheme", "http"}, {":path", target}}
	if authority != "" {
		all = append(all, [2]string{":authority", authority})
	}
	var block []byte
	for _, field := range append(all, fields...) {
		block = append(block, 0) // A literal that is not indexed, with a new name.
		block = appendText(appendText(block, field[0]), field[1])
	}
	out := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	out = appendFrame(out, frameSettings, 0, 0, nil)
	out = appendFrame(out, frameHeaders, endHeaders, 1, block)
	out = appendFrame(out, frameData, endStream, 1, []byte(body))
	_, err := connection.Write(out)
	check(t, err)
	for head := make([]byte, 9); ; {
		_, err := io.ReadFull(connection, head)
		check(t, err)
		_, err = io.CopyN(io.Discard, connection, int64(binary.BigEndian.Uint32(head)>>8))
		check(t, err)
		if head[3] == frameHeaders {
			return
		}
	}
}

// appendText appends text in HPACK's form, without Huffman codes.
func appendText(out []byte, text string) []byte {
	if len(text) < 127 {
		return append(append(out, byte(len(text))), text...)
	}
	out = append(out, 127)
	rest := len(text) - 127
	for ; rest >= 128; rest >>= 7 {
		out = append(out, byte(rest)|128)
	}
	return append(append(out, byte(rest)), text...)
}

func appendFrame(out []byte, kind, flags byte, stream uint32, payload []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(payload))<<8|uint32(kind))
	out = append(out, flags)
	return append(binary.BigEndian.AppendUint32(out, stream), payload...)
}
