package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"

	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// asking is what every fault of this package begins with.
func (r Reference) asking(code fault.Code, hint, format string, args ...any) *fault.Error {
	e := fault.New(code, hint, format, args...)
	e.Message = "asking " + r.Host + " for " + strings.TrimPrefix(r.short(), r.Host+"/") + ": " + e.Message
	return e
}

// differs refuses what is not what its digest says.
func (r Reference) differs(format string, args ...any) error {
	e := r.asking(fault.Untrusted, "", format, args...)
	return &verify.Refusal{Reason: verify.WrongArtifact, Message: e.Message, Hint: "do not use what it gives out; push the image again, and tell those who run the registry"}
}

// failed is the fault of a request that got no answer. Addresses are left out: a
// redirect carries somebody's signature in its query.
func (r Reference) failed(err error) error {
	if cause, ok := errors.AsType[*url.Error](err); ok {
		if kept := r.refused(err); kept != nil {
			return kept
		}
		err = cause.Err
	}
	if e := r.refused(err); e != nil {
		return e
	}
	dns, isDNS := errors.AsType[*net.DNSError](err)
	timeout, isTimeout := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case isDNS && dns.IsNotFound:
		return r.asking(fault.NotFound, "correct the host; an image that lies in a folder is named without oci://", "there is no host %s", quote(dns.Name))
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || isTimeout && timeout.Timeout():
		return r.asking(fault.Incomplete, "try again; where a proxy is needed, set HTTPS_PROXY", "it does not answer in time")
	case errors.Is(err, syscall.ECONNREFUSED):
		return r.asking(fault.Incomplete, "see whether the registry runs there, and whether the port is right", "nothing listens there")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return r.asking(fault.Incomplete, "try again", "its answer ends early")
	}
	return r.asking(fault.Incomplete, "try again; see whether the registry can be reached from here", "%s", printable(err.Error()))
}

// refused is the fault of what somebody refuses: we a place or a certificate, the
// registry our credentials.
func (r Reference) refused(err error) error {
	if hop, ok := errors.AsType[*refusedHop](err); ok {
		return r.asking(fault.Untrusted, "ask those who run the registry; in the clear only this machine is asked", "%s", hop.why)
	}
	if broken, ok := errors.AsType[*brokenFile](err); ok {
		return r.asking(fault.Config, "repair the file, or install the helper that it names; `docker login "+r.Host+"` writes it", "reading the credentials in %s", printable(broken.Error()))
	}
	if errors.Is(err, auth.ErrBasicCredentialNotFound) {
		return r.unauthorized("it asks for credentials, and there are none")
	}
	if answer, ok := errors.AsType[*errcode.ErrorResponse](err); ok { // of the place that gives tokens
		return r.status(answer.StatusCode)
	}
	if errors.Is(err, errdef.ErrNotFound) {
		return r.status(http.StatusNotFound)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return r.asking(fault.Untrusted, "give it a certificate; in the clear only this machine is asked", "it does not speak TLS")
	}
	var (
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	if errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) {
		return r.asking(fault.Untrusted, "add the authority that issued it to those of this machine (SSL_CERT_FILE), or correct the host", "its certificate is not to be trusted: %s", printable(err.Error()))
	}
	return nil
}

func (r Reference) unauthorized(format string, args ...any) error {
	return r.asking(fault.Incomplete, "log in (`docker login "+r.Host+"`, or the credential helper of your cloud), or correct the name: a registry does not tell strangers what it lacks",
		format, args...)
}

// status is the fault of an answer that is no success.
func (r Reference) status(status int) error {
	switch {
	case status == http.StatusUnauthorized:
		return r.unauthorized("it does not accept us (401)")
	case status == http.StatusForbidden:
		return r.unauthorized("it does not let us (403)")
	case status == http.StatusNotFound:
		return r.asking(fault.NotFound, "push it first, or correct repository, tag and digest", "it is not there (404)")
	case status == http.StatusTooManyRequests:
		return r.asking(fault.Incomplete, "wait, or log in: `docker login "+r.Host+"`", "it was asked too often (429)")
	case status >= 500:
		return r.asking(fault.Incomplete, "try again later", "it has a problem of its own (%d)", status)
	}
	return r.asking(fault.Incomplete, "see whether "+r.Host+" is a registry", "it answers with status %d", status)
}

// quote is for what others have written.
func quote(s string) string { return strconv.Quote(cut(s)) }

func printable(s string) string { return strings.Trim(quote(s), `"`) }

func cut(s string) string {
	if len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}
