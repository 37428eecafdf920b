package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Anchors are links by the numbers of their records, kept where whoever changes
// the database can't change them as well.
type Anchors map[int64]string

// sealedMessage is the line of the service's log that has an anchor.
const sealedMessage = "audit chain sealed"

// maxLine bounds a line of a log, in bytes.
const maxLine = 1 << 20

// ReadAnchors finds the anchors in a service's log, whatever other lines it has and
// whatever a log collector wrote before each.
func ReadAnchors(log io.Reader) (Anchors, error) {
	found := Anchors{}
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		line := lines.Bytes()
		if !bytes.Contains(line, []byte(sealedMessage)) {
			continue
		}
		var entry struct {
			Message string
			Seq     int64
			Link    string
		}
		start := max(0, bytes.IndexByte(line, '{'))
		if err := json.Unmarshal(line[start:], &entry); err == nil && entry.Message == sealedMessage && entry.Seq > 0 {
			found[entry.Seq] = entry.Link
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	return found, nil
}

// last is the highest number; zero where there is none.
func (a Anchors) last() (seq int64) {
	for s := range a {
		seq = max(seq, s)
	}
	return seq
}
