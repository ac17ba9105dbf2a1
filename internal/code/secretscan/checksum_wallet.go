package secretscan

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"math/big"
	"strings"
)

const (
	bitcoinDigits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	rippleDigits  = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
)

// isBase58Check tests the last four bytes of what b decodes to, which begin its
// double SHA-256. Source: the Bitcoin wiki, Base58Check; BIP 32 for extended
// keys; Tezos takes it as it is.
func isBase58Check(b []byte) bool { return checksBase58(b, bitcoinDigits) }

// isRippleSeed is the same in the alphabet of the XRP ledger. Source: xrpl.org,
// base58 encodings: a seed is sixteen bytes behind 0x21, or behind three bytes
// that make it begin with sEd.
func isRippleSeed(b []byte) bool { return checksBase58(b, rippleDigits) }

func checksBase58(b []byte, digits string) bool {
	n, radix := new(big.Int), big.NewInt(58)
	for _, c := range b[:min(len(b), 200)] {
		digit := strings.IndexByte(digits, c)
		if digit < 0 {
			return false
		}
		n.Add(n.Mul(n, radix), big.NewInt(int64(digit)))
	}
	raw := n.Bytes()
	for i := 0; i < len(b) && b[i] == digits[0]; i++ {
		raw = append([]byte{0}, raw...)
	}
	if len(raw) < 16 {
		return false
	}
	body, sum := raw[:len(raw)-4], raw[len(raw)-4:]
	first := sha256.Sum256(body)
	second := sha256.Sum256(first[:])
	return bytes.Equal(second[:4], sum)
}

// isStellarSeed tests the version and the CRC-16 of a Stellar secret key. Source:
// stellar-protocol, SEP-0023.
func isStellarSeed(b []byte) bool {
	raw, err := base32.StdEncoding.DecodeString(string(b))
	if err != nil || len(raw) != 35 || raw[0] != 18<<3 {
		return false
	}
	sum := crc16(raw[:33])
	return raw[33] == byte(sum) && raw[34] == byte(sum>>8)
}

// crc16 is CRC-16/XMODEM.
func crc16(b []byte) uint16 {
	sum := uint16(0)
	for _, c := range b {
		sum ^= uint16(c) << 8
		for range 8 {
			if sum&0x8000 != 0 {
				sum = sum<<1 ^ 0x1021
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}
