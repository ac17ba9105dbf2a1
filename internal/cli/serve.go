package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/admission"
	"github.com/plimsoll-dev/plimsoll/internal/release/permits"
	"github.com/plimsoll-dev/plimsoll/internal/release/watch"
)

type serveFlags struct {
	permitFlags
	admission        bool
	listen, crt, key string
	products, others []string
	again, soon      time.Duration
}

func newServe(app *App) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve --admission",
		Short: "Answer a cluster's admission reviews: only permitted images start",
		Long: `Answer a cluster's admission reviews (Kubernetes, admission.k8s.io/v1) at /admit:
an image starts only where a permit that stands names its digest. Permits, trust
file, revocations and certificate are read again as they change; where they
cannot be read, nothing is let in. See plimsoll docs deployed.

The server with pages and jobs is not supported yet.`,
		Example: `  plimsoll serve --admission --tls-cert tls.crt --tls-key tls.key \
    --trust trust.json --permits /permits --product shop`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return app.serve(cmd.Context(), f) },
	}
	f.permitFlags.add(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&f.admission, "admission", false, "answer admission reviews")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8443", "address to listen on")
	flags.StringVar(&f.crt, "tls-cert", "", "certificate in PEM")
	flags.StringVar(&f.key, "tls-key", "", "its private key in PEM")
	flags.StringArrayVar(&f.products, "product", nil, "a product that may run; may be repeated (default: all of the organisation)")
	flags.StringArrayVar(&f.others, "others", nil, "names of images that are let in without a permit, for instance registry.k8s.io/**; may be repeated")
	flags.DurationVar(&f.again, "again", time.Minute, "how often the permits are read again")
	addSpan(flags, &f.soon, "warn", 14*24*time.Hour, "warn of permits that end within this time")
	return cmd
}

func (app *App) serve(ctx context.Context, f serveFlags) error {
	switch {
	case !f.admission:
		return fault.New(fault.NotThere, "use `plimsoll serve --admission`", "a server with pages and jobs is not supported yet")
	case f.crt == "" || f.key == "":
		return fault.New(fault.Usage, "give --tls-cert and --tls-key: a cluster asks over TLS alone", "there is no certificate")
	case len(f.permits) == 0:
		return fault.New(fault.Usage, "give --permits DIR", "there are no permits")
	case f.again < time.Second:
		return fault.New(fault.Usage, "give 1m, for instance", "--again must be a second at least")
	}
	log := slog.New(slog.NewJSONHandler(app.Stderr, nil))
	kept := &keptPermits{app: app, flags: f, log: log}
	if _, err := kept.get(); err != nil {
		return err // better now than at the first pod
	}
	if _, err := tls.LoadX509KeyPair(f.crt, f.key); err != nil {
		return fault.Wrap(fault.Config, err, "check --tls-cert and --tls-key", "reading the certificate")
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return fault.Wrap(fault.Usage, err, "choose another address with --listen", "listening on %s", f.listen)
	}
	fmt.Fprintf(app.Stdout, "listening on https://%s/admit\n", listener.Addr())
	return serveUntil(ctx, app.server(f, kept), listener)
}

func (app *App) server(f serveFlags, kept *keptPermits) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("/admit", &admission.Webhook{Permits: kept.get, Products: f.products, Soon: f.soon, Clock: app.Clock, Others: func(image string) bool {
		for _, pattern := range f.others {
			if watch.MatchImage(pattern, image) {
				return true
			}
		}
		return false
	}})
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		if _, err := kept.get(); err != nil {
			http.Error(w, "the permits cannot be read", http.StatusServiceUnavailable)
		}
	})
	return &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: (&keptPair{crt: f.crt, key: f.key}).get}}
}

// serveUntil serves until ctx ends, and lets what is under way finish.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- server.ServeTLS(listener, "", "") }()
	select {
	case err := <-done:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(last); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("stopping: %w", err)
	}
	return nil
}

// keptPermits are the permits as they were read last.
type keptPermits struct {
	app   *App
	flags serveFlags
	log   *slog.Logger

	mu    sync.Mutex
	index *permits.Index
	err   error
	read  time.Time
}

// get reads the permits again when they are old. Bundles that cannot be trusted
// permit nothing, and are logged.
func (k *keptPermits) get() (*permits.Index, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.app.Clock()
	if k.read.IsZero() || now.Sub(k.read) >= k.flags.again || now.Before(k.read) {
		var faults []error
		k.index, faults, k.err = k.flags.load(k.app)
		k.read = now
		for _, err := range faults {
			k.log.Warn("a bundle is left out", "error", err.Error())
		}
		if k.err != nil {
			k.log.Error("the permits cannot be read", "error", k.err.Error())
		}
	}
	return k.index, k.err
}

// keptPair is the certificate, read again when its file has changed.
type keptPair struct {
	crt, key string

	mu   sync.Mutex
	pair *tls.Certificate
	made time.Time
}

func (k *keptPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := os.Stat(k.crt)
	if err == nil && k.pair != nil && info.ModTime().Equal(k.made) {
		return k.pair, nil
	}
	pair, loadErr := tls.LoadX509KeyPair(k.crt, k.key)
	if loadErr != nil {
		if k.pair != nil {
			return k.pair, nil // it is being replaced
		}
		return nil, loadErr
	}
	k.pair = &pair
	if err == nil {
		k.made = info.ModTime()
	}
	return k.pair, nil
}
