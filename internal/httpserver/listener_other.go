//go:build !unix

package httpserver

import "net"

// queued can't tell there, and says no.
func queued(*net.TCPListener) bool { return false }
