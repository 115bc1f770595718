package pump

import (
	"os"
	"path/filepath"
	"testing"
)

// The memory of a container is the least limit of its control groups, of either version.
func TestCgroupMemory(t *testing.T) {
	for _, row := range []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"no groups", nil, 0},
		{"version 2", map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "1000\n"}, 1000},
		{"version 2, no limit", map[string]string{"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n"}, 0},
		{"the group around it has less", map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "1000\n", "sys/fs/cgroup/a/memory.max": "500\n"}, 500},
		{"a container that sees only its own", map[string]string{"proc/self/cgroup": "0::/docker/12ab\n", "sys/fs/cgroup/memory.max": "700\n"}, 700},
		{"version 1", map[string]string{"proc/self/cgroup": "5:cpu,memory:/x\n4:pids:/y\n", "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "300\n"}, 300},
		{"a name that only begins so", map[string]string{"proc/self/cgroup": "5:memory2:/x\n", "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "300\n"}, 0},
		{"a path that leads outside", map[string]string{"proc/self/cgroup": "0::/../..\n", "sys/fs/cgroup/memory.max": "40\n"}, 40},
		{"version 1, no limit", map[string]string{"proc/self/cgroup": "5:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 9223372036854771712},
		{"what is no group", map[string]string{"proc/self/cgroup": "x\n:\n\n"}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range row.files {
				name = filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if got := cgroupMemory(dir); got != row.want {
				t.Errorf("%d, want %d", got, row.want)
			}
		})
	}
	if n := DefaultMemory(); n <= 0 {
		t.Errorf("the default is %d", n)
	}
}
