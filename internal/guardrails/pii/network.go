package pii

import (
	"net/netip"
	"strings"
)

// hardwareBytes is the number of bytes of a MAC address.
const hardwareBytes = 6

// findHardware finds MAC addresses: six pairs of hexadecimal digits between
// colons or dashes, or three groups of four between dots.
func (s *scanner) findHardware() {
	if !s.digits && s.hints&hintHardware == 0 {
		return
	}
	for i := 0; i < len(s.tokens); i++ {
		n := s.hardwareAt(i)
		if n == 0 || !s.free(i, i+n) {
			continue
		}
		value := strings.ToLower(compact(s.text[s.tokens[i].start:s.tokens[i+n-1].end]))
		if value == "000000000000" || value == "ffffffffffff" {
			continue
		}
		s.take(MACAddress, i, i+n, value, hidden, 0.95)
		i += n - 1
	}
}

// hardwareAt returns how many tokens the MAC address takes that begins with
// token i.
func (s *scanner) hardwareAt(i int) int {
	t := s.tokens[i]
	if t.taken || !isHex(s.raw(i)) {
		return 0
	}
	switch t.end - t.start {
	case 2:
		sep := s.gap(i + 1)
		if sep != ":" && sep != "-" || !s.hexGroups(i, hardwareBytes, 2, sep) {
			return 0
		}
		if sep == "-" && s.allNumbers(i, i+hardwareBytes) && !s.labelled(i, i+hardwareBytes, hintHardware) {
			return 0
		}
		return hardwareBytes
	case 4:
		if s.hexGroups(i, 3, 4, ".") && (!s.allNumbers(i, i+3) || s.labelled(i, i+3, hintHardware)) {
			return 3
		}
	case 2 * hardwareBytes:
		if t.kind == mixed && s.labelled(i, i+1, hintHardware) {
			return 1
		}
	}
	return 0
}

// hexGroups says whether n groups of so many hexadecimal digits begin with token
// i, with sep between them and nothing of the kind around.
func (s *scanner) hexGroups(i, n, size int, sep string) bool {
	if i+n > len(s.tokens) || i > 0 && s.gap(i) == sep || i+n < len(s.tokens) && s.gap(i+n) == sep {
		return false
	}
	for k := i; k < i+n; k++ {
		if s.tokens[k].end-s.tokens[k].start != size || k > i && s.gap(k) != sep || !isHex(s.raw(k)) {
			return false
		}
	}
	return true
}

func (s *scanner) allNumbers(first, last int) bool {
	for i := first; i < last; i++ {
		if s.tokens[i].kind != number {
			return false
		}
	}
	return true
}

// labelled says whether a word of the kind is near tokens first to last.
func (s *scanner) labelled(first, last int, h hint) bool {
	if s.hints&h == 0 {
		return false
	}
	near := s.labelsOf(first, last)
	return near.has(h)
}

func isHex(text string) bool {
	for i := range len(text) {
		c := text[i]
		if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// findIPs finds addresses of both versions that belong to a machine.
func (s *scanner) findIPs() {
	if !s.digits {
		return
	}
	for i := 0; i < len(s.tokens); i++ {
		if s.tokens[i].taken {
			continue
		}
		last := s.ip4At(i)
		if last == 0 {
			last = s.ip6At(i)
		}
		if last > 0 {
			i = last - 1
		}
	}
}

// ip4At takes the IPv4 address that begins with token i and returns where it
// ends, zero when there is none.
func (s *scanner) ip4At(i int) int {
	if i+4 > len(s.tokens) || s.tokens[i].kind != number || s.gap(i+1) != "." || !s.free(i, i+4) {
		return 0
	}
	for k := i + 1; k < i+4; k++ {
		if s.tokens[k].kind != number || s.gap(k) != "." {
			return 0
		}
	}
	if i > 0 && s.gap(i) == "." || i+4 < len(s.tokens) && s.gap(i+4) == "." {
		return 0
	}
	if start := s.tokens[i].start; start > 0 && s.text[start-1] == '$' {
		return 0
	}
	address, err := netip.ParseAddr(s.text[s.tokens[i].start:s.tokens[i+3].end])
	if err != nil || address.IsUnspecified() || address.IsLoopback() || address.As4() == [4]byte{255, 255, 255, 255} {
		return 0
	}
	if !s.labelled(i, i+4, hintNetwork) && (s.isVersion(i) || smallParts(address.As4())) {
		return 0
	}
	s.take(IPAddress, i, i+4, address.String(), hidden, 0.9)
	return i + 4
}

// isVersion says whether the word before token i announces a version of
// software or a section of a document.
func (s *scanner) isVersion(i int) bool {
	for k := i - 1; k >= 0 && k >= i-3; k-- {
		switch strings.ToLower(s.raw(k)) {
		case "version", "versions", "release", "v", "ver", "build", "firmware", "section", "chapter", "figure", "table", "update", "upgrade", "upgraded", "driver", "patch":
			return true
		}
	}
	return false
}

// smallParts says whether every part has one digit, as in the number of a
// section.
func smallParts(parts [4]byte) bool {
	return parts[0] < 10 && parts[1] < 10 && parts[2] < 10 && parts[3] < 10
}

// maxIP6 is the length of the longest IPv6 address in text.
const maxIP6 = 45

// ip6At takes the IPv6 address that begins with token i.
func (s *scanner) ip6At(i int) int {
	t := s.tokens[i]
	if t.end-t.start > 4 || t.end+1 >= len(s.text) || s.text[t.end] != ':' || !isHex(s.raw(i)) {
		return 0
	}
	start := t.start
	if start > 1 && s.text[start-1] == ':' {
		return 0
	}
	end := start
	for end < len(s.text) && end < start+maxIP6+1 && (s.text[end] == ':' || s.text[end] == '.' || isAlnum(s.text[end]) && isHex(s.text[end:end+1])) {
		end++
	}
	text := strings.TrimRight(s.text[start:end], ".")
	if !strings.HasSuffix(text, "::") {
		text = strings.TrimRight(text, ":")
	}
	address, err := netip.ParseAddr(text)
	if err != nil || address.IsLoopback() || address.IsUnspecified() || strings.Count(text, ":") < 3 {
		return 0
	}
	end = start + len(text)
	if end < len(s.text) && classes[s.text[end]] != classSign {
		return 0
	}
	last := s.tokenAt(i, end-1)
	if last >= len(s.tokens) || s.tokens[last].start >= end {
		last--
	}
	s.takeBytes(IPAddress, start, end, i, last+1, address.String(), hidden, 0.9)
	return last + 1
}
