//go:build !race

package capture

// scale is by how much long tests are shortened.
const scale = 1
