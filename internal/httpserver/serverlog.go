package httpserver

import (
	"bytes"
	"log"
	"log/slog"
)

// newServerLog takes what the standard server complains of. Clients that break
// off a TLS handshake, port scanners mostly, are of interest only when someone
// debugs them; the rest, such as running out of file descriptors, is a warning.
func newServerLog(to *slog.Logger) *log.Logger { return log.New(serverLog{to}, "", 0) }

type serverLog struct{ to *slog.Logger }

func (l serverLog) Write(line []byte) (int, error) {
	text := string(bytes.TrimSpace(line))
	if bytes.HasPrefix(line, []byte("http: TLS handshake error")) {
		l.to.Debug("TLS handshake failed", "detail", text)
	} else {
		l.to.Warn("HTTP server complains", "detail", text)
	}
	return len(line), nil
}
