package report

import "golang.org/x/sys/unix"

// isScreen reports whether a terminal device shows what is written to it.
func isScreen(fd int) bool {
	if _, err := unix.IoctlGetInt(fd, unix.TIOCGSID); err == nil {
		return true // our controlling terminal: the system answers this for no other
	}
	var info unix.Stat_t
	if unix.Fstat(fd, &info) != nil {
		return true
	}
	mode, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	raw := err == nil && mode.Lflag&(unix.ICANON|unix.ECHO) == 0 && mode.Oflag&unix.OPOST == 0
	return showsBytes(unix.Major(info.Rdev), unix.Minor(info.Rdev), raw)
}

// showsBytes is isScreen for a device that does not control this process. The numbers are those
// of Linux's admin-guide/devices.txt.
func showsBytes(major, minor uint32, raw bool) bool {
	switch {
	case major >= 136 && major <= 143: // /dev/pts: of a window, or of a program such as tmux
		return !raw
	case major == 4: // /dev/tty1 to tty63 are virtual consoles, /dev/ttyS0 and so on are serial ports
		return minor < 64
	case major == 5: // /dev/tty, /dev/console, /dev/ptmx
		return true
	}
	return false // serial ports, such as /dev/ttyUSB0
}
