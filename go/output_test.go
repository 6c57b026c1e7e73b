package hooksig_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// Printed values of this package contain neither MAC nor digest nor secret.
func TestOutputHoldsNoMAC(t *testing.T) {
	r := signed(t, body)
	store := hooksig.NewMemoryStore(10, hooksig.DefaultMaxSkew)
	v := newVerifier(t, hooksig.WithReplayStore(store))
	shared := newVerifier(t, hooksig.WithReplayStore(hooksig.AcceptOnFailure(hooksig.NewMemoryStore(10, hooksig.DefaultMaxSkew), nil)))
	delivery, err := v.VerifyDelivery(r, []byte(body))
	check(t, err)
	_, err = shared.VerifyDelivery(r, []byte(body))
	check(t, err)
	_, replayed := v.Verify(r, []byte(body))
	_, mismatch := v.Verify(r, []byte("{}"))
	signer := newSigner(t)
	digest, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(hooksig.Digest([]byte(body)), "SHA-256="))
	check(t, err)
	hidden := spellings(delivery.Tag[:], digest, []byte(secret))
	values := map[string]any{
		"Tag": delivery.Tag, "*Tag": &delivery.Tag, "Verified": delivery.Verified, "*Verified": &delivery.Verified,
		"Delivery": *delivery, "*Delivery": delivery, "[]Delivery": []hooksig.Delivery{*delivery},
		"map": map[hooksig.Tag]int{delivery.Tag: 1}, "Verifier": *v, "*Verifier": v, "shared": shared,
		"MemoryStore": store, "AcceptOnFailure": hooksig.AcceptOnFailure(store, nil),
		"Signer": *signer, "*Signer": signer, "Transport": hooksig.Transport{Signer: signer}, "*Transport": &hooksig.Transport{Signer: signer},
		"Middleware": hooksig.Middleware(v)(http.NotFoundHandler()), "Handler": hooksig.Handler(new(plugin), secret, nil),
		"replayed": replayed, "mismatch": mismatch, "error": error(hooksig.ErrDigestMismatch), "any": struct{ V any }{delivery},
	}
	for name, value := range values {
		for how, text := range outputs(value) {
			for _, spelling := range hidden {
				if strings.Contains(strings.ToLower(text), strings.ToLower(spelling)) {
					t.Errorf("%s of %s holds %q: %.300s", how, name, spelling, text)
				}
			}
		}
	}
}

// outputs returns a value as logs print it.
func outputs(value any) map[string]string {
	texts := map[string]string{}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b"} {
		texts[format] = fmt.Sprintf(format, value)
	}
	encoded, err := json.Marshal(value)
	texts["JSON"] = fmt.Sprint(string(encoded), err)
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(out *bytes.Buffer) slog.Handler { return slog.NewTextHandler(out, nil) },
		"slog JSON": func(out *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(out, nil) },
	} {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("received", "value", value, slog.Group("group", "value", value))
		texts[name] = out.String()
	}
	return texts
}

// spellings returns the beginnings of octets in all printed forms.
func spellings(all ...[]byte) []string {
	var spelt []string
	for _, octets := range all {
		octets = octets[:6]
		list := strings.Trim(fmt.Sprint(octets), "[]")
		spelt = append(spelt, string(octets), hex.EncodeToString(octets), base64.StdEncoding.EncodeToString(octets), list,
			strings.ReplaceAll(list, " ", ","), strings.ReplaceAll(list, " ", ", "),
			strings.Trim(strings.TrimPrefix(fmt.Sprintf("%#v", octets), "[]byte"), "{}"),
			fmt.Sprintf("% x", octets), strings.Trim(fmt.Sprintf("%b", octets), "[]"), strings.Trim(fmt.Sprintf("%o", octets), "[]"))
	}
	return spelt
}

// A delivery loses only its tag in JSON.
func TestDeliveryThroughJSON(t *testing.T) {
	delivery, err := newVerifier(t).VerifyDelivery(signed(t, body), []byte(body))
	check(t, err)
	encoded, err := json.Marshal(delivery)
	check(t, err)
	var decoded hooksig.Delivery
	check(t, json.Unmarshal(encoded, &decoded))
	if decoded.Tag != (hooksig.Tag{}) || decoded.Event != "build" || string(decoded.Body) != body ||
		!decoded.Date.Equal(delivery.Date) || decoded.Date.Before(time.Unix(1, 0)) {
		t.Errorf("%+v", decoded)
	}
}
