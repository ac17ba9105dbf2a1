// Command exit says which of two programs it is.
package main

import "os"

var which = "evil"

func main() {
	if which == "good" && len(os.Args) == 2 && os.Args[1] == "argument" && os.Getenv("SECRET") == "open" {
		os.Exit(42)
	}
	os.Exit(66)
}
