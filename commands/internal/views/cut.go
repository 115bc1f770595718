package views

// cutStart returns the last n characters of s, the first of which is … if there are more.
func cutStart(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return "…" + string(r[len(r)-n+1:])
}

// cutEnd returns the first n characters of s, the last of which is … if there are more; 0 is all.
func cutEnd(s string, n int) string {
	r := []rune(s)
	if n == 0 || len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
