package httpclient_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpclient"
)

func TestOwnTLS(t *testing.T) {
	t.Parallel()
	own := httptest.NewTLSServer(http.NotFoundHandler())
	defer own.Close()
	file := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	get := func(certFile string) error {
		t.Helper()
		c, err := httpclient.OwnTLS(certFile)
		if err != nil {
			return err
		}
		// The certificate names 127.0.0.1 and not localhost.
		address := strings.Replace(own.URL, "127.0.0.1", "localhost", 1)
		answer, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: c}}).Get(address)
		if err != nil {
			return err
		}
		return answer.Body.Close()
	}
	if err := get(file); err != nil {
		t.Errorf("its own certificate: %v", err)
	}
	if err := get(""); err == nil {
		t.Error("a certificate that nobody signed was accepted")
	}
	other := filepath.Join(t.TempDir(), "other.pem")
	if err := os.WriteFile(other, []byte(strangersCertificate), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := get(other); err == nil {
		t.Error("another certificate than its own was accepted")
	}
	for _, bad := range []string{filepath.Join(t.TempDir(), "none"), os.DevNull} {
		if err := get(bad); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// strangersCertificate is of a key that nobody has.
const strangersCertificate = `-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUPXDFPObJUxVOuvJG8AxHdvqVdSEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDAxMTI0NFoYDzIxMjYxMDMx
MDExMjQ0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQaO0IePPvHMKkvBafgnsgue8GO0m/8JQloDm5xzL6F8rLJWsRwceVk
Fa+sOOkjSAWn7XiosVATffvgLVDzVki4o1MwUTAdBgNVHQ4EFgQUksAbF9JjqU4u
ZAKr4q65ADHz+GMwHwYDVR0jBBgwFoAUksAbF9JjqU4uZAKr4q65ADHz+GMwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBSASxjjYU/j/TORiPaY1RB
bHTeqZ1wnUg+0h8ZzBecZwIgUnKdnjSoq5PDkGimZ0xstwoyDGjUoBuhp7HeVYDj
ln0=
-----END CERTIFICATE-----`
