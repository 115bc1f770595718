// Package replay plays one side of a recording: that of the client to a server, or that of the server to clients.
//
// Start with Read, which reads a Tape. For each client, NewSide.. see Answers; for a server, see Check.
package replay
