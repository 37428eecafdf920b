package pii

import (
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
	"strings"

	"golang.org/x/crypto/sha3"
)

const (
	minWallet = 25
	maxWallet = 108
)

// findWallets finds addresses of cryptocurrencies by their checksums.
func (s *scanner) findWallets() {
	if !s.digits {
		return
	}
	for i := range s.tokens {
		t := s.tokens[i]
		if n := t.end - t.start; n < minWallet || n > maxWallet || t.taken || t.kind == number {
			continue
		}
		w := s.raw(i)
		if confidence := s.walletConfidence(i, w); confidence > 0 {
			value := w
			if w[0] == '0' {
				value = strings.ToLower(w)
			}
			s.take(Crypto, i, i+1, value, last4(value), confidence)
		}
	}
}

// walletConfidence says how surely token i is a wallet's address.
func (s *scanner) walletConfidence(i int, w string) float64 {
	switch {
	case len(w) == 42 && w[0] == '0' && w[1]|0x20 == 'x' && isHex(w[2:]):
		if !isEthereum(w[2:]) {
			return 0
		}
		return 0.95
	case base58Check(w), rippleCheck(w), isMonero(w), isStellar(w):
		return 0.97
	case isBech32(w), i > 0 && s.gap(i) == ":" && isCashAddr(strings.ToLower(s.raw(i-1)), w):
		return 0.97
	case len(w) >= 32 && len(w) <= 44 && s.labelled(i, i+1, hintWallet) && len(base58Decode(w, base58)) == 32:
		return 0.8 // Solana's have no checksum
	}
	return 0
}

// isEthereum checks forty hexadecimal digits: in one case anything goes, in
// mixed case the capitals are a checksum (EIP-55).
func isEthereum(address string) bool {
	low := strings.ToLower(address)
	if address == low || address == strings.ToUpper(address) {
		return strings.Trim(low, low[:1]) != ""
	}
	h := sha3.NewLegacyKeccak256()
	h.Write([]byte(low))
	sum := hex.EncodeToString(h.Sum(nil))
	for i := range len(address) {
		if !isDigit(address[i]) && (sum[i] >= '8') != (classes[address[i]] == classUpper) {
			return false
		}
	}
	return true
}

// Alphabets of Base58, where letters that look like digits are left out.
const (
	base58       = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	base58Ripple = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
)

// base58Decode decodes a number, with a zero byte for each first letter of the
// alphabet it begins with. It returns nil when a letter isn't in the alphabet.
func base58Decode(s, alphabet string) []byte {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		carry := strings.IndexByte(alphabet, s[i])
		if carry < 0 {
			return nil
		}
		for k := range out {
			carry += int(out[k]) * 58
			out[k] = byte(carry)
			carry >>= 8
		}
		for ; carry > 0; carry >>= 8 {
			out = append(out, byte(carry))
		}
	}
	for i := 0; i < len(s) && s[i] == alphabet[0]; i++ {
		out = append(out, 0)
	}
	for i, k := 0, len(out)-1; i < k; i, k = i+1, k-1 {
		out[i], out[k] = out[k], out[i]
	}
	return out
}

// checked says whether the last four bytes are the double SHA-256 of the others.
func checked(raw []byte) bool {
	body := raw[:len(raw)-4]
	first := sha256.Sum256(body)
	second := sha256.Sum256(first[:])
	return string(second[:4]) == string(raw[len(body):])
}

// base58Check checks addresses of Bitcoin and the coins that took over its form:
// Litecoin, Dogecoin, Dash, Zcash, Tron.
func base58Check(w string) bool {
	if len(w) < minWallet || len(w) > 36 || strings.IndexByte("123LMDXtTAmn9", w[0]) < 0 {
		return false
	}
	raw := base58Decode(w, base58)
	return (len(raw) == 25 || len(raw) == 26 && w[0] == 't') && checked(raw)
}

func rippleCheck(w string) bool {
	if w[0] != 'r' || len(w) > 35 {
		return false
	}
	raw := base58Decode(w, base58Ripple)
	return len(raw) == 25 && checked(raw)
}

// isStellar checks an address of Stellar: 35 bytes in Base32 of which the last
// two are a CRC-16.
func isStellar(w string) bool {
	if len(w) != 56 || w[0] != 'G' {
		return false
	}
	var raw []byte
	acc, n := uint32(0), 0
	for i := range len(w) {
		v := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", w[i])
		if v < 0 {
			return false
		}
		acc, n = acc<<5|uint32(v), n+5
		if n >= 8 {
			n -= 8
			raw = append(raw, byte(acc>>n))
		}
	}
	crc := uint16(0)
	for _, c := range raw[:33] {
		crc ^= uint16(c) << 8
		for range 8 {
			crc = crc<<1 ^ 0x1021*(crc>>15)
		}
	}
	return raw[33] == byte(crc) && raw[34] == byte(crc>>8)
}

// isMonero checks an address of Monero: blocks of eleven letters for eight
// bytes each, the last of seven for five, and a Keccak checksum at the end.
func isMonero(w string) bool {
	if len(w) != 95 || w[0] != '4' && w[0] != '8' {
		return false
	}
	var raw []byte
	for at := 0; at < len(w); at += 11 {
		size := 8
		if at+11 > len(w) {
			size = 5
		}
		block, ok := moneroBlock(w[at:min(at+11, len(w))], size)
		if !ok {
			return false
		}
		raw = append(raw, block...)
	}
	h := sha3.NewLegacyKeccak256()
	h.Write(raw[:len(raw)-4])
	return string(h.Sum(nil)[:4]) == string(raw[len(raw)-4:])
}

func moneroBlock(block string, size int) ([]byte, bool) {
	n := uint64(0)
	for i := range len(block) {
		v := strings.IndexByte(base58, block[i])
		hi, lo := bits.Mul64(n, 58)
		if v < 0 || hi > 0 || lo+uint64(v) < lo {
			return nil, false
		}
		n = lo + uint64(v)
	}
	if size < 8 && n>>(8*size) > 0 {
		return nil, false
	}
	out := make([]byte, size)
	for i := range out {
		out[size-1-i] = byte(n >> (8 * i))
	}
	return out, true
}

// bech32Letters are the 32 letters of BIP 173 in the order of their values.
const bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32Prefixes are the human-readable parts of the coins' addresses.
var bech32Prefixes = setOf("bc tb ltc addr stake cosmos osmo terra bnb dgb vtc grs zil one inj sei kava juno")

// isBech32 checks an address of BIP 173 (bech32) or BIP 350 (bech32m).
func isBech32(w string) bool {
	low := strings.ToLower(w)
	if w != low && w != strings.ToUpper(w) {
		return false
	}
	at := strings.LastIndexByte(low, '1')
	if at < 1 || len(low)-at < 7 || !bech32Prefixes[low[:at]] {
		return false
	}
	sum := uint32(1)
	for i := range at {
		sum = bech32Step(sum, uint32(low[i]>>5))
	}
	sum = bech32Step(sum, 0)
	for i := range at {
		sum = bech32Step(sum, uint32(low[i]&31))
	}
	for i := at + 1; i < len(low); i++ {
		v := strings.IndexByte(bech32Letters, low[i])
		if v < 0 {
			return false
		}
		sum = bech32Step(sum, uint32(v))
	}
	return sum == 1 || sum == 0x2bc830a3
}

// bech32Step adds a value of five bits to the checksum of BIP 173.
func bech32Step(sum, value uint32) uint32 {
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ value
	for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}

// isCashAddr checks an address of Bitcoin Cash behind its prefix.
func isCashAddr(prefix, w string) bool {
	if prefix != "bitcoincash" || len(w) != 42 {
		return false
	}
	sum := uint64(1)
	for i := range len(prefix) {
		sum = cashStep(sum, uint64(prefix[i]&31))
	}
	sum = cashStep(sum, 0)
	for i := range len(w) {
		v := strings.IndexByte(bech32Letters, w[i])
		if v < 0 {
			return false
		}
		sum = cashStep(sum, uint64(v))
	}
	return sum == 1
}

// cashStep adds a value of five bits to the checksum of CashAddr.
func cashStep(sum, value uint64) uint64 {
	top := sum >> 35
	sum = sum&0x07ffffffff<<5 ^ value
	for i, g := range [5]uint64{0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8, 0x1e4f43e470} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}
