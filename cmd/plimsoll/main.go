// Command plimsoll says whether a product is fit to ship, why, and proves it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/plimsoll-dev/plimsoll/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := cli.Main(ctx, cli.System(), os.Args[1:])
	stop()
	os.Exit(status)
}
