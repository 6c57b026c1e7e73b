package interop

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	httpsignatures "github.com/99designs/httpsignatures-go"
	"github.com/drone/drone-go/plugin/webhook"
	"github.com/go-fed/httpsig"

	hooksig "github.com/hooksig/hooksig/go"
)

// secret is the one of the recorded deliveries.
const secret = "bea26a2221fd8090ea38720fc445eca6"

const body = `{"event":"build","action":"created"}`

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// sender delivers over HTTP and reports whether the receiver accepted.
type sender struct {
	name string
	send func(t *testing.T, url string) bool
}

// verifier starts a receiver and returns its URL, or "" if it cannot.
type verifier struct {
	name  string
	serve func(t *testing.T, opt hooksig.Option) string
}

var senders = []sender{
	{"Drone server 2 (recorded)", sendRecording},
	{"drone-go `webhook.Client`", sendWithDroneGo},
	{"httpsignatures-go, `Signature`", sendWith99designs(httpsignatures.Signer.SignRequest)},
	{"httpsignatures-go, `Authorization`", sendWith99designs(httpsignatures.Signer.AuthRequest)},
	{"go-fed/httpsig, which says `hs2019`", sendWithGoFed},
	{"hooksig `Transport`", sendWithTransport},
}

var verifiers = []verifier{
	{"hooksig `Middleware`", serveMiddleware},
	{"hooksig `Handler`", serveHandler},
	{"hooksig C receiver", serveCReceiver},
	{"drone-go `webhook.Handler`", serveDroneGo},
	{"httpsignatures-go", serve99designs},
	{"go-fed/httpsig", serveGoFed},
}

// post sends a request and reports whether it was accepted.
func post(t *testing.T, client *http.Client, r *http.Request) bool {
	t.Helper()
	response, err := client.Do(r)
	check(t, err)
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	check(t, err)
	return response.StatusCode/100 == 2
}

func newPost(t *testing.T, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest("POST", url, strings.NewReader(body))
	check(t, err)
	return r
}

func sendRecording(t *testing.T, url string) bool {
	sent, octets := readRecording(t)
	r := newPost(t, url, string(octets))
	r.Header = sent.Header
	return post(t, http.DefaultClient, r)
}

// readRecording returns a delivery that a Drone server sent, and its body.
func readRecording(t *testing.T) (*http.Request, []byte) {
	t.Helper()
	raw, err := os.ReadFile("../../vectors/deliveries/build-created.http")
	check(t, err)
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	check(t, err)
	octets, err := io.ReadAll(r.Body)
	check(t, err)
	return r, octets
}

func sendWithDroneGo(_ *testing.T, url string) bool {
	client := webhook.Client(url, secret, false)
	return client.Deliver(context.Background(), &webhook.Request{Event: webhook.EventBuild, Action: webhook.ActionCreated}) == nil
}

func sendWith99designs(sign func(httpsignatures.Signer, string, string, *http.Request) error) func(*testing.T, string) bool {
	return func(t *testing.T, url string) bool {
		r := newPost(t, url, body)
		r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
		r.Header.Set("Digest", hooksig.Digest([]byte(body)))
		signer := httpsignatures.NewSigner(httpsignatures.AlgorithmHmacSha256, "date", "digest")
		check(t, sign(*signer, "hmac-key", secret, r))
		return post(t, http.DefaultClient, r)
	}
}

func sendWithGoFed(t *testing.T, url string) bool {
	r := newPost(t, url, body)
	r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	signer, _, err := httpsig.NewSigner([]httpsig.Algorithm{httpsig.HMAC_SHA256}, httpsig.DigestSha256,
		[]string{"date", "digest"}, httpsig.Signature, 0)
	check(t, err)
	check(t, signer.SignRequest([]byte(secret), "hmac-key", r, []byte(body)))
	return post(t, http.DefaultClient, r)
}

func sendWithTransport(t *testing.T, url string) bool {
	client := &http.Client{Transport: &hooksig.Transport{Signer: newSigner(t)}}
	return post(t, client, newPost(t, url, body))
}

func newSigner(tb testing.TB) *hooksig.Signer {
	tb.Helper()
	signer, err := hooksig.NewSigner(secret)
	check(tb, err)
	return signer
}

func start(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL + "/hooks"
}

func accept(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusNoContent)
}

func serveMiddleware(t *testing.T, opt hooksig.Option) string {
	v, err := hooksig.NewVerifier(secret, opt)
	check(t, err)
	return start(t, hooksig.Middleware(v)(http.HandlerFunc(accept)))
}

// acceptAll is a plugin of drone-go.
type acceptAll struct{}

func (acceptAll) Deliver(context.Context, *webhook.Request) error { return nil }

func serveHandler(t *testing.T, opt hooksig.Option) string {
	v, err := hooksig.NewVerifier(secret, opt)
	check(t, err)
	return start(t, hooksig.Middleware(v)(hooksig.PluginHandler[webhook.Request](acceptAll{})))
}

func serveDroneGo(t *testing.T, _ hooksig.Option) string {
	return start(t, webhook.Handler(acceptAll{}, secret, nil))
}

func serve99designs(t *testing.T, _ hooksig.Option) string {
	return start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signature, err := httpsignatures.FromRequest(r)
		answer(w, err == nil && signature.IsValid(secret, r))
	}))
}

func serveGoFed(t *testing.T, _ hooksig.Option) string {
	return start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verifier, err := httpsig.NewVerifier(r)
		answer(w, err == nil && verifier.Verify([]byte(secret), httpsig.HMAC_SHA256) == nil)
	}))
}

func answer(w http.ResponseWriter, valid bool) {
	if !valid {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// cReceiver is the path of the program built by buildCReceiver, or "".
var cReceiver string

// buildCReceiver builds the receiver of c-example if its library is installed.
func buildCReceiver(t *testing.T) string {
	t.Helper()
	if exec.Command("pkg-config", "--exists", "hooksig", "libmicrohttpd").Run() != nil {
		return ""
	}
	folder := t.TempDir()
	program := filepath.Join(folder, "receiver")
	build := exec.Command("make", "-C", "../../c-example", "OUT="+folder, program)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// serveCReceiver can only use the system clock.
func serveCReceiver(t *testing.T, _ hooksig.Option) string {
	if cReceiver == "" {
		return ""
	}
	path := filepath.Join(t.TempDir(), "secret")
	check(t, os.WriteFile(path, []byte(secret), 0o600))
	receiver := exec.Command(cReceiver, "--port", "0", "--secret-file", path)
	out, err := receiver.StdoutPipe()
	check(t, err)
	line := firstLine(t, receiver, out)
	return "http://" + strings.TrimSpace(strings.TrimPrefix(line, "listening on ")) + "/hooks"
}

// firstLine starts a program, which ends with the test, and returns the first line of out.
func firstLine(t *testing.T, program *exec.Cmd, out io.Reader) string {
	t.Helper()
	check(t, program.Start())
	t.Cleanup(func() {
		_ = program.Process.Kill()
		_ = program.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	check(t, err)
	return line
}
