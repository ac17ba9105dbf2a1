package keyring

import (
	"context"
	"crypto/ecdsa"
	"encoding/asn1"
	"errors"
	"math/big"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// agentTime is how long an agent may take: it may ask a person, or want a touch.
const agentTime = 2 * time.Minute

// openAgent opens a key in the ssh-agent that SSH_AUTH_SOCK names: by its
// fingerprint as ssh-add -l prints it, or the only one that there is.
func openAgent(ctx context.Context, fingerprint string, _ Passphrase) (Signer, error) {
	socket := os.Getenv("SSH_AUTH_SOCK")
	if socket == "" {
		return nil, fault.New(fault.Usage, "start ssh-agent, and add the key with ssh-add", "there is no ssh-agent: SSH_AUTH_SOCK is not set")
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, err, "start ssh-agent, and add the key with ssh-add", "asking the ssh-agent")
	}
	s := &agentSigner{conn: conn, agent: agent.NewClient(conn)}
	if err := s.pick(fingerprint); err != nil {
		conn.Close()
		return nil, err
	}
	return s, nil
}

// agentSigner asks an agent to sign.
type agentSigner struct {
	conn   net.Conn
	agent  agent.Agent
	public verify.Key
	ssh    ssh.PublicKey
}

func (s *agentSigner) pick(fingerprint string) error {
	if err := s.conn.SetDeadline(time.Now().Add(agentTime)); err != nil {
		return err
	}
	keys, err := s.agent.List()
	if err != nil {
		return fault.Wrap(fault.Usage, err, "unlock the agent", "asking the ssh-agent for its keys")
	}
	found := 0
	for _, k := range keys {
		parsed, err := ssh.ParsePublicKey(k.Blob)
		if err != nil || fingerprint != "" && ssh.FingerprintSHA256(parsed) != fingerprint {
			continue
		}
		public, err := fromSSH(parsed)
		if err != nil {
			if fingerprint != "" {
				return err
			}
			continue
		}
		s.public, s.ssh = public, parsed
		found++
	}
	if found != 1 {
		return fault.New(fault.NotFound, "name one as ssh-add -l prints it: ssh-agent:SHA256:…", "the ssh-agent has %d keys that fit and can sign for an organisation", found)
	}
	return nil
}

// fromSSH takes a key that can sign for an organisation.
func fromSSH(k ssh.PublicKey) (verify.Key, error) {
	plain, ok := k.(ssh.CryptoPublicKey)
	switch {
	case ok && k.Type() == ssh.KeyAlgoED25519:
		return verify.NewKey(verify.Ed25519, k.Marshal()[len(k.Marshal())-32:])
	case ok && k.Type() == ssh.KeyAlgoECDSA256:
		point, err := plain.CryptoPublicKey().(*ecdsa.PublicKey).Bytes()
		if err != nil {
			return verify.Key{}, err
		}
		return verify.NewKey(verify.ECDSAP256, point)
	}
	return verify.Key{}, fault.New(fault.NotThere, "use an Ed25519 or a P-256 key", "a key of the type %q cannot sign for an organisation", k.Type())
}

func (s *agentSigner) Key() verify.Key { return s.public }
func (s *agentSigner) Close() error    { return s.conn.Close() }

func (s *agentSigner) Sign(ctx context.Context, message []byte) ([]byte, error) {
	deadline := time.Now().Add(agentTime)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	if err := s.conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	sig, err := s.agent.Sign(s.ssh, message)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, err, "unlock the agent, or confirm at its prompt", "signing with the ssh-agent")
	}
	if s.public.Algorithm == verify.Ed25519 {
		return sig.Blob, nil
	}
	var parts struct{ R, S *big.Int } // RFC 5656, 3.1.2
	if err := ssh.Unmarshal(sig.Blob, &parts); err != nil || strings.HasPrefix(parts.R.String(), "-") {
		return nil, errors.New("the ssh-agent gave a signature that cannot be read")
	}
	return asn1.Marshal(parts)
}
