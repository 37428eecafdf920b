package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
)

// Digest is a short fingerprint of the effective settings, wherever they come
// from. Of a secret only whether it is set goes in, so that the digest may be
// shown.
func (c Config) Digest() string {
	h, v := sha256.New(), reflect.ValueOf(c)
	for _, s := range settings() {
		fmt.Fprintf(h, "%s=%q\n", s.Variable, text(v.FieldByIndex(s.field.Index)))
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}
