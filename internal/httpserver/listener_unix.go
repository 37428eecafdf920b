//go:build unix

package httpserver

import (
	"net"

	"golang.org/x/sys/unix"
)

// queued reports whether a connection waits to be accepted.
func queued(l *net.TCPListener) (yes bool) {
	raw, err := l.SyscallConn()
	if err != nil {
		return false
	}
	_ = raw.Control(func(fd uintptr) { // fails only when closed, and then nothing waits
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		yes = err == nil && n > 0
	})
	return yes
}
