//go:build !unix

package verify

const openFlags = 0 // that it is the file we looked at is seen by comparing both

func isLoop(error) bool { return false }
