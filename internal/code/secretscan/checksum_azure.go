package secretscan

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math/bits"
	"strings"
)

// azureSeeds are the seeds of the checksums that Azure's keys end with, by the
// signature that stands ahead of the checksum. Source:
// microsoft/security-utilities, IdentifiableMetadata.cs.
func azureSeeds(signature string) []uint64 {
	switch signature {
	case "+ASt":
		return []uint64{0x44656661756c7430}
	case "ACDb":
		return []uint64{0x537973416c6c3030, 0x5265736f75723030, 0x4d617374524f3030, 0x53797374524f3030, 0x456e637279703030, 0x4d61737452573030, 0x5379737452573030}
	case "AzFu":
		return []uint64{0x4d61737465723030, 0x53797374656d3030, 0x46756e6374693030}
	case "AzSe":
		return []uint64{0x5175657279303030, 0x5041646d696e3030}
	case "+ASb", "+AEh", "+ARm":
		return []uint64{0x53656e6430303030, 0x4d616e6167653030, 0x4c697374656e3030}
	case "AIoT":
		return []uint64{0x496f544875623030, 0x4470734b65793030, 0x4465766963653030}
	case "APIM":
		return []uint64{0x54656e616e743030, 0x496f544875623030, 0x4761746577793030, 0x4769744b65793030}
	case "+ABa":
		return []uint64{0x4162416363743030}
	case "AzCa":
		return []uint64{0x4163636573733030}
	case "+AMC":
		return []uint64{0x436c617373696330}
	case "+ACR":
		return []uint64{0x41435244666c7430}
	case "AZEG":
		return []uint64{0x53656e6452656376}
	}
	return nil
}

// isAzureKey tests a key that Azure made with a signature of four characters and
// the Marvin32 of all before its last four bytes. Source:
// microsoft/security-utilities, IdentifiableSecrets.cs.
func isAzureKey(b []byte) bool {
	text := strings.TrimRight(string(b), "=")
	if len(text) < 40 {
		return false
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(text))
	if err != nil || len(raw) < 32 {
		return false
	}
	sum := binary.LittleEndian.Uint32(raw[len(raw)-4:])
	for _, seed := range azureSeeds(text[len(text)-10 : len(text)-6]) {
		if marvin32(raw[:len(raw)-4], seed) == sum {
			return true
		}
	}
	return false
}

// isAzureAccountKey tests the 64 bytes of an account's key: with a checksum where
// it has a signature, as those have that were made since 2022.
func isAzureAccountKey(b []byte) bool {
	raw, err := base64.StdEncoding.Strict().DecodeString(string(b))
	if err != nil || len(raw) != 64 || isPlaceholder(b) {
		return false
	}
	return azureSeeds(string(b[76:80])) == nil || isAzureKey(b)
}

// marvin32 is the hash of that name. Source: microsoft/SymCrypt, marvin32.c.
func marvin32(b []byte, seed uint64) uint32 {
	p0, p1 := uint32(seed), uint32(seed>>32)
	block := func(word uint32) {
		p0 += word
		p1 ^= p0
		p0 = bits.RotateLeft32(p0, 20) + p1
		p1 = bits.RotateLeft32(p1, 9) ^ p0
		p0 = bits.RotateLeft32(p0, 27) + p1
		p1 = bits.RotateLeft32(p1, 19)
	}
	for ; len(b) >= 4; b = b[4:] {
		block(binary.LittleEndian.Uint32(b))
	}
	var rest [4]byte
	copy(rest[:], b)
	rest[len(b)] = 0x80
	block(binary.LittleEndian.Uint32(rest[:]))
	block(0)
	return p0 ^ p1
}

// isAzureDevOpsLegacy tests the 52 characters of a token of Azure DevOps: a CRC-32
// is strewn among its bytes. Source: microsoft/security-utilities, SEC101_102_AdoPat.cs.
func isAzureDevOpsLegacy(b []byte) bool {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(string(b)))
	if err != nil || len(raw) != 32 {
		return false
	}
	var rest []byte
	for _, part := range [][]byte{raw[:2], raw[3:7], raw[9:22], raw[23:]} {
		rest = append(rest, part...)
	}
	sum := uint32(raw[22]) | uint32(raw[8])<<8 | uint32(raw[7])<<16 | uint32(raw[2])<<24
	const user, application = 0xE0B9692D, 0x1019F92E
	crc := crc32.ChecksumIEEE(rest)
	return crc^user == sum || crc^application == sum
}
