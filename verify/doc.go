// Package verify answers one question, offline, for a program that trusts
// nobody: is this very deliverable one that the organisation has found fit to
// run, and may it be given what is sensitive?
//
// Signatures say who built something. A permit says that it was fit: it names
// the digests of the deliverables, the verdict of the gate with the evidence
// that it rests on, who approved, and until when it stands. It is signed by a
// threshold of the organisation's keys, which a trust file names, and it stands
// in the organisation's log. All of it travels in one file, the bundle.
//
//	trust file   who may sign, how many of them, until when; versions form a chain
//	bundle       the permit, the statements that it names, the proof of the log
//	Permit       what a verification gives; without one no secret is unsealed
//
// The package imports the standard library and golang.org/x/mod alone, opens no
// connection and starts no process, so that it can be linked into anything.
package verify
