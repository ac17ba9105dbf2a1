module github.com/plimsoll-dev/plimsoll/helpers/pkcs11

go 1.26.0

require (
	github.com/miekg/pkcs11 v1.1.2
	github.com/plimsoll-dev/plimsoll v0.0.0
)

require (
	filippo.io/age v1.3.2 // indirect
	filippo.io/hpke v0.4.0 // indirect
	filippo.io/mldsa v1.0.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/plimsoll-dev/plimsoll => ../..
