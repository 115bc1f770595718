package e2e

import (
	"os"
	"runtime"
	"strconv"
	"time"
)

// goroutinesFile is the name of the variable with the file in which framecat, as these tests
// run it, writes how many goroutines it has.
const goroutinesFile = "FRAMECAT_TEST_GOROUTINES"

// reportGoroutines writes the number of goroutines to the file again and again, if there is one.
// It ends the program if the test that started it has ended.
func reportGoroutines() {
	name := os.Getenv(goroutinesFile)
	if name == "" {
		return
	}
	parent := os.Getppid()
	go func() {
		for os.Getppid() == parent {
			os.WriteFile(name+".part", []byte(strconv.Itoa(runtime.NumGoroutine())), 0o600)
			os.Rename(name+".part", name)
			time.Sleep(100 * time.Millisecond)
		}
		os.Exit(1)
	}()
}
