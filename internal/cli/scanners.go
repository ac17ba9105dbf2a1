package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/code/scanners"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

func newScanners(app *App) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "scanners [DIR]",
		Short: "List scanners of others that can be run, and allow those that product.yaml names",
		Long: `List the scanners of others that Plimsoll knows how to run and read: those that
product.yaml names, and those on this machine that suit the product.

A scanner is a program, and many run code or configuration of the repository
that they look at. So the scanners that a repository names are run only where
somebody at the machine has allowed that very list (plimsoll scanners allow), or
for one run (plimsoll check --run-scanners).`,
		Example: "  plimsoll scanners\n  plimsoll scanners allow\n  plimsoll check --run-scanners",
		Args:    atMostOneDir,
		RunE:    func(cmd *cobra.Command, args []string) error { return app.scanners(cmd.Context(), dirOf(args), all) },
	}
	cmd.Flags().BoolVar(&all, "all", false, "list those that are not on this machine or do not suit, too")
	cmd.AddCommand(newScannersAllow(app, "allow", "Allow the scanners that product.yaml names now, on this machine", true),
		newScannersAllow(app, "forbid", "Take it back", false))
	return cmd
}

func newScannersAllow(app *App, name, short string, allow bool) *cobra.Command {
	return &cobra.Command{
		Use: name + " [DIR]", Short: short, Args: atMostOneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			named, err := assess.AllowScanners(cmd.Context(), app.plainOptions(dirOf(args)), allow)
			if err != nil {
				return err
			}
			word := "may be run"
			if !allow {
				word = "are not run any more"
			}
			fmt.Fprintf(app.Stdout, "on this machine, for this repository, these %s until the list changes:\n", word)
			for _, s := range named {
				fmt.Fprintf(app.Stdout, "  %s\n", clean.Line(commandLine(s)))
			}
			return nil
		},
	}
}

func (app *App) plainOptions(dir string) assess.Options {
	return assess.Options{Dir: dir, Getenv: app.Getenv, Clock: app.Clock}
}

// commandLine is how a scanner is called, for people.
func commandLine(s product.Scanner) string {
	if len(s.Command) > 0 {
		return s.Tool + ": " + strings.Join(slices.Concat(s.Command, s.Args), " ")
	}
	return strings.TrimSpace(s.Tool + " " + strings.Join(s.Args, " "))
}

func (app *App) scanners(ctx context.Context, dir string, all bool) error {
	offers, named, allowed, err := assess.ScannerOffers(ctx, app.plainOptions(dir))
	if err != nil {
		return err
	}
	if len(named) > 0 {
		state := "allowed on this machine"
		if !allowed {
			state = "not allowed on this machine: plimsoll scanners allow"
		}
		fmt.Fprintf(app.Stdout, "Named in %s (%s)\n", product.Path, state)
		for _, s := range named {
			fmt.Fprintf(app.Stdout, "  %s\n", clean.Line(commandLine(s)))
		}
		fmt.Fprintln(app.Stdout)
	}
	isNamed := func(o scanners.Offer) bool {
		return slices.ContainsFunc(named, func(s product.Scanner) bool { return s.Tool == o.ID })
	}
	app.offers("On this machine, and made for this product", offers, func(o scanners.Offer) bool { return o.Path != "" && o.Suits && !isNamed(o) })
	if all {
		app.offers("On this machine, for other code", offers, func(o scanners.Offer) bool { return o.Path != "" && !o.Suits && !isNamed(o) })
		app.offers("Not on this machine", offers, func(o scanners.Offer) bool { return o.Path == "" })
	}
	fmt.Fprintf(app.Stdout, "To have one run with every check, name it in %s:\n\n  scanners: [gosec]\n\nResults that exist already need no run: `results: [reports/*.sarif]`.\n", product.Path)
	return nil
}

// offers lists those that take picks.
func (app *App) offers(title string, offers []scanners.Offer, take func(scanners.Offer) bool) {
	offers = slices.DeleteFunc(slices.Clone(offers), func(o scanners.Offer) bool { return !take(o) })
	if len(offers) == 0 {
		return
	}
	fmt.Fprintln(app.Stdout, title)
	for _, o := range offers {
		fmt.Fprintf(app.Stdout, "  %-14s %s\n", o.ID, offerText(o))
	}
	fmt.Fprintln(app.Stdout)
}

func offerText(o scanners.Offer) string {
	text := o.Title
	if o.Because != "" {
		text += " (" + o.Because + ")"
	}
	var marks []string
	if o.Executes {
		marks = append(marks, "runs code or configuration of the repository")
	}
	if o.Network {
		marks = append(marks, "needs the network")
	}
	if len(marks) > 0 {
		text += "; " + strings.Join(marks, ", ")
	}
	if o.Note != "" {
		text += ". " + strings.TrimSuffix(o.Note, ".")
	}
	if o.Path == "" {
		text += ". To install: " + o.Install
	}
	return text
}
