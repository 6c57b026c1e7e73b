// Receives deliveries in Go, for the suite of attacks: receiver middleware|handler SECRET_FILE...
//
// It answers HTTP/1 and HTTP/2 in the clear on one port, and over TLS on another, under a certificate that it
// writes beside the first secret.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: receiver middleware|handler SECRET_FILE...")
	}
	var secrets []string
	for _, path := range os.Args[2:] {
		secret, err := os.ReadFile(path)
		if err != nil {
			log.Fatal(err)
		}
		secrets = append(secrets, string(secret))
	}
	handler, err := newHandler(os.Args[1], secrets)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(serve(handler, filepath.Join(filepath.Dir(os.Args[2]), "certificate.pem")))
}

func newHandler(kind string, secrets []string) (http.Handler, error) {
	if kind == "handler" {
		return hooksig.Handler(plugin{}, secrets[0], logger{}), nil
	}
	v, err := hooksig.NewVerifier(secrets[0], hooksig.WithSecrets(secrets[1:]...))
	if err != nil {
		return nil, err
	}
	refused := hooksig.WithOnRefused(func(_ *http.Request, err error) {
		log.Println("refused", hooksig.Reason(err))
	})
	return hooksig.Middleware(v, refused)(http.HandlerFunc(accept)), nil
}

func accept(w http.ResponseWriter, r *http.Request) {
	delivery, _ := hooksig.DeliveryFrom(r.Context())
	log.Printf("accepted ok %+.200q %+.200q", delivery.Event, delivery.Action)
	w.WriteHeader(http.StatusNoContent)
}

// request is a part of drone-go's webhook.Request.
type request struct {
	Event  string `json:"event"`
	Action string `json:"action"`
}

type plugin struct{}

func (plugin) Deliver(_ context.Context, r *request) error {
	log.Printf("accepted ok %+.200q %+.200q", r.Event, r.Action)
	return nil
}

type logger struct{}

// Debugf says of a refusal the word, like the middleware above.
func (logger) Debugf(format string, args ...any) {
	for _, arg := range args {
		if err, ok := arg.(error); ok {
			log.Println("refused", hooksig.Reason(err))
			return
		}
	}
	log.Printf(format, args...)
}

func serve(handler http.Handler, certificatePath string) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       20 * time.Second,
		IdleTimeout:       10 * time.Second,
		Protocols:         new(http.Protocols),
	}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	certificate, err := newCertificate(certificatePath)
	if err != nil {
		return err
	}
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	clear, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	encrypted, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	failed := make(chan error)
	go func() { failed <- server.Serve(clear) }()
	go func() { failed <- server.ServeTLS(encrypted, "", "") }()
	fmt.Println("tls on", encrypted.Addr())
	fmt.Println("listening on", clear.Addr())
	return <-failed
}

// newCertificate makes a certificate and writes it to path, for the sender to trust.
func newCertificate(path string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		DNSNames:     []string{"receiver.test"},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, os.WriteFile(path, text, 0o600)
}
