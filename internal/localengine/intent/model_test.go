package intent

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

// data is where the public development data is, seen from this folder.
const data = "../../../../shared/data"

var update = flag.Bool("update", false, "train model.bin anew from the development data")

// needData skips a test visibly where the development data isn't.
func needData(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(data); err != nil {
		t.Skipf("needs the public development data in %s", data)
	}
}

// TestModelIsReproducible trains the embedded model anew; with -update it writes
// it.
func TestModelIsReproducible(t *testing.T) {
	needData(t)
	model, err := Train(data, 1)
	if err != nil {
		t.Fatal(err)
	}
	trained, err := model.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("model.bin", trained, 0o644); err != nil { //nolint:gosec // part of the source
			t.Fatal(err)
		}
		return
	}
	stored, err := os.ReadFile("model.bin")
	if err != nil || !bytes.Equal(stored, trained) {
		t.Errorf("run go test ./internal/localengine/intent -update, %v", err)
	}
}
