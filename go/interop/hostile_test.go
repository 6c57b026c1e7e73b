package interop

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// wire is a genuine delivery in pieces, for a request that is written octet by octet.
type wire struct {
	body, date, digest, signature string
}

// fields returns the header fields of a delivery, except for those that frame the body.
func (w wire) fields() string {
	return "Host: receiver.test\r\nDate: " + w.date + "\r\nDigest: " + w.digest + "\r\nSignature: " + w.signature + "\r\n"
}

func (w wire) length() string { return fmt.Sprintf("Content-Length: %d\r\n", len(w.body)) }

func (w wire) chunks() string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n", len(w.body), w.body) }

const (
	post11  = "POST /hooks HTTP/1.1\r\n"
	chunked = "Transfer-Encoding: chunked\r\n"
)

// with returns the delivery with more fields.
func (w wire) with(fields string) string {
	return post11 + w.fields() + fields + w.length() + "\r\n" + w.body
}

// inChunks returns the delivery with more fields, a chunked body, and a trailer.
func (w wire) inChunks(fields, trailer string) string {
	return post11 + w.fields() + fields + chunked + "\r\n" + w.chunks() + trailer + "\r\n"
}

// instead returns the delivery with old replaced by new in its head.
func (w wire) instead(old, new string) string {
	return strings.Replace(w.with(""), old, new, 1)
}

// The number of deliveries in the sent octets that may be accepted. HTTP servers may differ, but
// unsigned ones are never accepted, and none is accepted twice.
const (
	never = 1 << iota
	once
	twice
)

var hostile = []struct {
	name    string
	request func(w wire) string
	want    int
}{
	{"plain", func(w wire) string { return w.with("") }, once},
	{"chunked", func(w wire) string { return w.inChunks("", "") }, once},

	{"Date twice, the same", func(w wire) string { return w.with("Date: " + w.date + "\r\n") }, never},
	{"Date twice, in another case", func(w wire) string { return w.with("DATE: " + w.date + "\r\n") }, never},
	{"Date twice, the second empty", func(w wire) string { return w.with("Date:\r\n") }, never},
	{"Digest twice", func(w wire) string { return w.with("Digest: " + w.digest + "\r\n") }, never},
	{"Digest twice, the second of another body", func(w wire) string {
		return w.with("Digest: " + hooksig.Digest([]byte("x")) + "\r\n")
	}, never},
	{"Signature twice", func(w wire) string { return w.with("Signature: " + w.signature + "\r\n") }, never},
	{"Signature and Authorization", func(w wire) string {
		return w.with("Authorization: Signature " + w.signature + "\r\n")
	}, never},
	{"Authorization of another scheme", func(w wire) string { return w.with("Authorization: Basic eDp5\r\n") }, once},
	{"X-Drone-Event twice", func(w wire) string {
		return w.with("X-Drone-Event: build\r\nX-Drone-Event: user\r\n")
	}, never},
	{"names in other cases", func(w wire) string {
		return strings.NewReplacer("Date:", "dAtE:", "Signature:", "SIGNATURE:").Replace(w.with(""))
	}, once},
	{"names with underscores", func(w wire) string { return w.with("X_Drone_Event: user\r\nDate_: x\r\n") }, once},
	{"a space before the colon", func(w wire) string { return w.instead("Date:", "Date :") }, never},
	{"a second Date with a space before the colon", func(w wire) string { return w.with("Date : x\r\n") }, never | once},
	{"a line without a colon", func(w wire) string { return w.with("Date\r\n") }, never | once},
	// libmicrohttpd passes on the part before the NUL, and that was signed.
	{"NUL in Date", func(w wire) string { return w.instead(w.date, w.date+"\x00") }, never | once},
	{"NUL in a name", func(w wire) string { return w.instead("Date:", "Date\x00:") }, never},
	{"CR in Date", func(w wire) string { return w.instead(w.date, w.date+"\rx") }, never},
	{"Date folded", func(w wire) string { return w.instead(w.date, strings.Replace(w.date, ", ", ",\r\n ", 1)) }, never | once},
	{"a field folded into Date", func(w wire) string { return w.instead(w.date, w.date+"\r\n X: y") }, never},

	{"Digest in the trailer alone", func(w wire) string {
		return strings.Replace(w.inChunks("Trailer: Digest\r\n", "Digest: "+w.digest+"\r\n"), "Digest: "+w.digest+"\r\n", "", 1)
	}, never},
	{"Date in the trailer alone", func(w wire) string {
		return strings.Replace(w.inChunks("Trailer: Date\r\n", "Date: "+w.date+"\r\n"), "Date: "+w.date+"\r\n", "", 1)
	}, never},
	{"another Digest in the trailer", func(w wire) string {
		return w.inChunks("", "Digest: "+hooksig.Digest([]byte("x"))+"\r\n")
	}, never | once},
	{"another body with its Digest in the trailer", func(w wire) string {
		return post11 + w.fields() + chunked + "\r\n2\r\n{}\r\n0\r\nDigest: " + hooksig.Digest([]byte("{}")) + "\r\n\r\n"
	}, never},
	{"a long trailer", func(w wire) string { return w.inChunks("", strings.Repeat("X: y\r\n", 50_000)) }, never | once},

	{"Content-Length and chunked", func(w wire) string { return w.inChunks(w.length(), "") }, never | once},
	{"a short Content-Length and chunked", func(w wire) string { return w.inChunks("Content-Length: 3\r\n", "") }, never | once},
	{"a request behind the end of the chunks", func(w wire) string {
		inner := post11 + "Host: receiver.test\r\n\r\n"
		return post11 + w.fields() + fmt.Sprintf("Content-Length: %d\r\n", len(w.chunks()+inner)+2) + chunked + "\r\n" +
			w.chunks() + "\r\n" + inner
	}, never | once},
	{"a replay behind the end of the chunks", func(w wire) string { return w.inChunks("Content-Length: 3\r\n", "") + w.with("") }, never | once},
	{"two Content-Lengths", func(w wire) string { return w.with("Content-Length: 3\r\n") }, never},
	{"two Content-Lengths, the right one first", func(w wire) string {
		return post11 + w.fields() + w.length() + "Content-Length: 3\r\n\r\n" + w.body
	}, never},
	{"a list of Content-Lengths", func(w wire) string {
		return w.instead("Content-Length: ", fmt.Sprintf("Content-Length: %d, ", len(w.body)))
	}, never | once},
	{"Content-Length with a sign", func(w wire) string { return w.instead("Content-Length: ", "Content-Length: +") }, never},
	{"Content-Length below 0", func(w wire) string { return w.instead("Content-Length: ", "Content-Length: -") }, never},
	{"Content-Length in hexadecimal", func(w wire) string {
		return w.instead(w.length(), fmt.Sprintf("Content-Length: 0x%x\r\n", len(w.body)))
	}, never},
	{"Content-Length larger than 64 bits", func(w wire) string {
		return w.instead(w.length(), fmt.Sprintf("Content-Length: 184467440737095516160000%d\r\n", len(w.body)))
	}, never},
	{"Content-Length that wraps around", func(w wire) string {
		return w.instead(w.length(), fmt.Sprintf("Content-Length: 184467440737095516%d\r\n", 16+len(w.body)))
	}, never},
	{"no length", func(w wire) string { return post11 + w.fields() + "\r\n" + w.body }, never},
	{"a chunk larger than 64 bits", func(w wire) string {
		return post11 + w.fields() + chunked + fmt.Sprintf("\r\n1%016x\r\n%s\r\n0\r\n\r\n", len(w.body), w.body)
	}, never},
	{"a chunk below 0", func(w wire) string {
		return post11 + w.fields() + chunked + "\r\n-1\r\n" + w.body + "\r\n0\r\n\r\n"
	}, never},
	{"chunks of one octet, each with an extension", func(w wire) string {
		var chunks strings.Builder
		for _, octet := range []byte(w.body) {
			fmt.Fprintf(&chunks, "1;x=y\r\n%c\r\n", octet)
		}
		return post11 + w.fields() + chunked + "\r\n" + chunks.String() + "0\r\n\r\n"
	}, once},
	{"a chunk with a long extension", func(w wire) string {
		return strings.Replace(w.inChunks("", ""), "\r\n"+w.body, ";"+strings.Repeat("x", 100_000)+"\r\n"+w.body, 1)
	}, never | once},
	{"chunks without an end", func(w wire) string {
		return strings.TrimSuffix(w.inChunks("", ""), "0\r\n\r\n")
	}, never},
	{"chunked twice", func(w wire) string { return w.inChunks(chunked, "") }, never | once},
	{"compressed and chunked", func(w wire) string {
		return strings.Replace(w.inChunks("", ""), chunked, "Transfer-Encoding: gzip, chunked\r\n", 1)
	}, never},
	{"almost chunked", func(w wire) string {
		return strings.Replace(w.inChunks("", ""), chunked, "Transfer-Encoding: xchunked\r\n", 1)
	}, never},
	{"chunked behind a vertical tab", func(w wire) string {
		return strings.Replace(w.inChunks("", ""), chunked, "Transfer-Encoding: \vchunked\r\n", 1)
	}, never},
	{"Content-Encoding that is not there", func(w wire) string { return w.with("Content-Encoding: gzip\r\n") }, once},

	{"Expect", func(w wire) string { return w.with("Expect: 100-continue\r\n") }, once},
	{"Expect something else", func(w wire) string { return w.with("Expect: 200-ok\r\n") }, never | once},
	{"Upgrade", func(w wire) string {
		return w.with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n")
	}, once},
	{"the preface of HTTP/2", func(w wire) string { return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + w.with("") }, never | once},

	{"HTTP/1.0", func(w wire) string { return w.instead("HTTP/1.1", "HTTP/1.0") }, once},
	{"HTTP/1.0 without a length", func(w wire) string {
		return "POST /hooks HTTP/1.0\r\n" + w.fields() + "\r\n" + w.body
	}, never},
	{"HTTP/1.0 and chunked", func(w wire) string {
		return strings.Replace(w.inChunks("", ""), "HTTP/1.1", "HTTP/1.0", 1)
	}, never | once},
	{"HTTP/0.9", func(w wire) string { return w.instead(" HTTP/1.1", "") }, never | once},
	{"HTTP/1.9", func(w wire) string { return w.instead("HTTP/1.1", "HTTP/1.9") }, never | once},
	{"HTTP/3.7", func(w wire) string { return w.instead("HTTP/1.1", "HTTP/3.7") }, never},
	{"lines that end with LF alone", func(w wire) string {
		return strings.ReplaceAll(post11+w.fields()+w.length()+"\r\n", "\r\n", "\n") + w.body
	}, never | once},
	{"an empty line before the request", func(w wire) string { return "\r\n" + w.with("") }, never | once},

	{"two deliveries at once", func(w wire) string { return w.with("") + genuine().with("") }, twice},
	{"a delivery and its replay at once", func(w wire) string { return w.with("") + w.with("") }, once},
	{"a forgery and a delivery at once", func(w wire) string {
		return w.instead(w.digest, hooksig.Digest(nil)) + w.with("")
	}, never | once},
	{"a delivery in a body", func(w wire) string {
		inner := w.with("")
		return post11 + genuine().fields() + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(inner)) + inner
	}, never},

	{"an absolute target", func(w wire) string { return w.instead("/hooks", "http://elsewhere.test/hooks") }, once},
	{"a target with a space", func(w wire) string { return w.instead("/hooks", "/hooks /x") }, never | once},
	{"a target with an octet that is none", func(w wire) string { return w.instead("/hooks", "/%zz%00\xff") }, never | once},
	{"GET", func(w wire) string { return w.instead("POST", "GET") }, never | once},
	{"a method in small letters", func(w wire) string { return w.instead("POST", "post") }, never | once},
	{"no Host", func(w wire) string { return w.instead("Host: receiver.test\r\n", "") }, never | once},
	{"two Hosts", func(w wire) string { return w.with("Host: elsewhere.test\r\n") }, never | once},
	{"a long target", func(w wire) string { return w.instead("/hooks", "/"+strings.Repeat("x", 2<<20)) }, never},
	{"a long method", func(w wire) string { return strings.Repeat("P", 2<<20) + w.with("") }, never},
	{"a long field", func(w wire) string { return w.with("X: " + strings.Repeat("y", 2<<20) + "\r\n") }, never},
	{"a long signature", func(w wire) string {
		return w.instead(w.signature, w.signature+`,x="`+strings.Repeat("y", 2<<20)+`"`)
	}, never},
	{"many fields", func(w wire) string { return w.with(strings.Repeat("X: y\r\n", 1000)) }, never | once},
	{"very many fields", func(w wire) string { return w.with(strings.Repeat("X: y\r\n", 500_000)) }, never},
}

var number atomic.Int64

// genuine returns a delivery that was never sent.
func genuine() wire {
	body := fmt.Sprintf(`{"event":"build","action":"created","number":%d}`, number.Add(1))
	r, _ := http.NewRequest("POST", "http://receiver.test/hooks", nil)
	signer, err := hooksig.NewSigner(secret)
	if err != nil || signer.Sign(r, []byte(body), time.Now()) != nil {
		panic("it cannot be signed")
	}
	return wire{body, r.Header.Get("Date"), r.Header.Get("Digest"), r.Header.Get("Signature")}
}

// Whatever arrives, only signed deliveries are accepted, each once. The receiver hangs up in time,
// and accepts the next delivery.
func TestHostileRequests(t *testing.T) {
	cReceiver = buildCReceiver(t)
	receivers := map[string]string{"Go": serveMiddleware(t, hooksig.WithClock(time.Now))}
	if cReceiver != "" {
		receivers["C"] = serveCReceiver(t, nil)
	}
	for name, target := range receivers {
		target, err := url.Parse(target)
		check(t, err)
		// All at once, because a receiver may wait for seconds before it hangs up.
		var senders sync.WaitGroup
		for _, h := range hostile {
			senders.Go(func() {
				got := accepted204(t, target.Host, h.request(genuine()))
				if got > 2 || h.want&(1<<got) == 0 {
					t.Errorf("%s, %s: accepted %d times", name, h.name, got)
				}
			})
		}
		senders.Wait()
		if accepted204(t, target.Host, genuine().with("")) != 1 {
			t.Errorf("%s: the next delivery is not accepted", name)
		}
	}
	if cReceiver == "" {
		missing(t, "libmicrohttpd, for the C receiver")
	}
}

// accepted204 sends octets, and returns the number of accepting answers before the receiver hangs
// up.
func accepted204(t *testing.T, addr, octets string) (n int) {
	t.Helper()
	connection, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(30 * time.Second))
	go func() {
		_, _ = io.WriteString(connection, octets)
		_ = connection.(*net.TCPConn).CloseWrite()
	}()
	answers := bufio.NewReader(connection)
	for {
		answer, err := http.ReadResponse(answers, nil)
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
			t.Error("the receiver does not hang up")
		}
		if err != nil {
			return n
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		if answer.StatusCode == http.StatusNoContent {
			n++
		}
	}
}
