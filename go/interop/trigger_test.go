package interop

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/drone/drone-go/plugin/webhook"

	hooksig "github.com/hooksig/hooksig/go"
)

// everything a Drone server sends, and user:updated, which it defines.
var everything = []string{
	"user:created", "user:updated", "user:deleted",
	"repo:enabled", "repo:disabled", "repo:deleted",
	"build:created", "build:updated",
}

// Deliveries of `hooksig trigger` are accepted by every receiver, and read by Drone's own.
func TestTriggerIsAcceptedByAll(t *testing.T) {
	hooksigProgram := findProgram(t)
	cReceiver = buildCReceiver(t)
	droneGo := new(recorder)
	for _, receiver := range []struct {
		name  string
		serve func(*testing.T) string
	}{
		{"hooksig listen", func(t *testing.T) string { return serveListen(t, hooksigProgram) }},
		{"hooksig C receiver", func(t *testing.T) string { return serveCReceiver(t, nil) }},
		{"hooksig Middleware", func(t *testing.T) string { return serveMiddleware(t, hooksig.WithClock(time.Now)) }},
		{"drone-go webhook.Handler", func(t *testing.T) string { return start(t, webhook.Handler(droneGo, secret, nil)) }},
	} {
		t.Run(receiver.name, func(t *testing.T) {
			url := receiver.serve(t)
			if url == "" {
				missing(t, "libmicrohttpd, for the C receiver")
			}
			var sent []string
			for _, attempt := range trigger(t, hooksigProgram, url) {
				if attempt.Outcome != "accepted" {
					t.Errorf("%s:%s was %s: %d %s", attempt.Event, attempt.Action, attempt.Outcome, attempt.Status, attempt.Error)
				}
				sent = append(sent, attempt.Event+":"+attempt.Action)
			}
			if !slices.Equal(sent, everything) {
				t.Errorf("sent %v", sent)
			}
		})
	}
	if !slices.Equal(droneGo.names, everything) {
		t.Errorf("drone-go read %v", droneGo.names)
	}
}

// recorder is a plugin of drone-go that records its requests.
type recorder struct {
	mu    sync.Mutex
	names []string
}

// Deliver refuses a request that drone-go's types could not read from the body.
func (r *recorder) Deliver(_ context.Context, request *webhook.Request) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case request.System == nil || request.System.Version == "",
		request.Event == webhook.EventUser && request.User.Login == "",
		request.Event != webhook.EventUser && request.Repo.Slug == "",
		request.Event == webhook.EventBuild && request.Build.Number == 0,
		request.Event == webhook.EventBuild && request.Action == webhook.ActionUpdated && len(request.Build.Stages) == 0:
		return errors.New("something is not there")
	}
	r.names = append(r.names, request.Event+":"+request.Action)
	return nil
}

// attempt is a line of `hooksig trigger --json`.
type attempt struct {
	Event, Action, Outcome, Error string
	Status                        int
}

// trigger sends one of everything.
func trigger(t *testing.T, program, url string, env ...string) []attempt {
	t.Helper()
	command := exec.Command(program, "trigger", "--json", "*", url)
	command.Env = append(append(os.Environ(), "DRONE_WEBHOOK_SECRET="+secret), env...)
	out, err := command.Output()
	// 1 means that one was not accepted, 3 that there was no answer.
	if code := command.ProcessState.ExitCode(); err != nil && code != 1 && code != 3 {
		t.Fatalf("%v: %s", err, out)
	}
	var attempts []attempt
	for line := range bytes.Lines(out) {
		var a attempt
		check(t, json.Unmarshal(line, &a))
		attempts = append(attempts, a)
	}
	return attempts
}

// findProgram returns the path of the built `hooksig`.
func findProgram(t *testing.T) string {
	t.Helper()
	path := "../../target/program/hooksig"
	if _, err := os.Stat(path); err != nil {
		missing(t, "target/program/hooksig, which `make program` builds")
	}
	return path
}

func serveListen(t *testing.T, program string, options ...string) string {
	t.Helper()
	listen := exec.Command(program, append([]string{"listen", "127.0.0.1:0"}, options...)...)
	listen.Env = append(os.Environ(), "DRONE_WEBHOOK_SECRET="+secret)
	said, err := listen.StderrPipe()
	check(t, err)
	_, rest, _ := strings.Cut(firstLine(t, listen, said), "listening on ")
	url, _, _ := strings.Cut(rest, ";")
	return url + "hooks"
}

// Over TLS it accepts the certificate of a configured authority, and no other.
func TestTriggerOverTLS(t *testing.T) {
	program := findProgram(t)
	v, err := hooksig.NewVerifier(secret)
	check(t, err)
	server := httptest.NewUnstartedServer(hooksig.Middleware(v)(http.HandlerFunc(accept)))
	authority, certificate := newCertificate(t)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)

	for _, attempt := range trigger(t, program, server.URL, "SSL_CERT_FILE="+authority) {
		if attempt.Outcome != "accepted" {
			t.Errorf("%s:%s: %s %s", attempt.Event, attempt.Action, attempt.Outcome, attempt.Error)
		}
	}
	other, _ := newCertificate(t)
	for _, attempt := range trigger(t, program, server.URL, "SSL_CERT_FILE="+other) {
		if attempt.Outcome != "failed" || !strings.HasPrefix(attempt.Error, "TLS: ") {
			t.Errorf("%s:%s: %s %s", attempt.Event, attempt.Action, attempt.Outcome, attempt.Error)
		}
	}
}

// newCertificate returns the file of an authority, and its certificate for this machine.
func newCertificate(t *testing.T) (string, tls.Certificate) {
	t.Helper()
	since, until := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: since, NotAfter: until, Subject: pkix.Name{CommonName: "authority"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	own := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: since, NotAfter: until, Subject: pkix.Name{CommonName: "receiver"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	keys := [2]*ecdsa.PrivateKey{newKey(t), newKey(t)}
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, &keys[0].PublicKey, keys[0])
	check(t, err)
	leaf, err := x509.CreateCertificate(rand.Reader, own, authority, &keys[1].PublicKey, keys[0])
	check(t, err)
	path := filepath.Join(t.TempDir(), "authority.pem")
	check(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}), 0o600))
	return path, tls.Certificate{Certificate: [][]byte{leaf}, PrivateKey: keys[1]}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	return key
}
