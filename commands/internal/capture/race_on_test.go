//go:build race

package capture

// scale is by how much long tests are shortened: the race detector makes them slow.
const scale = 10
