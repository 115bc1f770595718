package hint

import "strings"

// words are how texts begin that programs print, and that people send to try a port: the first
// four letters.
const words = " acce auth bash body byte cann caus char clos comm conn cont coul crea data date debu deco dele deni dire drop " +
	"echo enco erro exce exec exit fail fals fata file from have head hell help host html http info init inse inst inva " +
	"java json last line list load logi mess name node none null open pani pass path perm ping plea pong port prin proc prof " +
	"pyth quit read recv requ resp resu runn sele send serv sess star stat stop succ syst test text that this time titl " +
	"trac true type unab unkn upda usag user vers wait warn welc with writ your "

// textEvidence returns how much speaks for it that b is text, in bits; 0 is too little. Of random
// bytes, four are letters and digits too often; those that nobody writes like that, such as
// "qX3v", count least.
func textEvidence(b []byte) float64 {
	if len(b) == 8 {
		return eight(b)
	}
	if len(b) == 2 && allOf(b, isDigit) {
		return 16
	}
	if len(b) != 4 {
		return 0
	}
	text := string(b)
	switch {
	case shapely(text) && strings.Contains(words, " "+strings.ToLower(text)+" "):
		return 24
	case strings.HasPrefix(text, "\r\n") && allOf(b[2:], isPrintable):
		return 16
	case text == strings.Repeat(text[:1], 4) && isAlnum(b[0]):
		return 24
	case strings.HasPrefix(text, "20") && allOf(b, isDigit): // a year
		return 14
	case strings.Trim(text, "=-*#+_~> ") == "" || text == "\n\n\n\n": // a line of signs, empty lines
		return 19
	case padded(text):
		return 20
	case strings.Trim(text, "=-*#+_~> \n\r\t:./\\|()'`,^\"%@&$!") == "": // a picture of signs
		return 13
	case figures(text):
		return 14 + pieceStart(text)
	case shapely(text):
		return 11
	case piece(text):
		return 10 + pieceStart(text)
	case between(text), enclosed(text), mixed(text):
		return 10
	case jsonPart(text):
		return 12
	case allOf(b, isAlnum):
		return 1 // in little-endian order that is too little
	}
	return 0
}

// eight is the evidence that 8 bytes are text.
func eight(b []byte) float64 {
	letters := 0
	for _, c := range b {
		if isAlnum(c) {
			letters++
		}
	}
	if letters < 6 || !allOf(b, isPrintable) {
		return 0
	}
	return 12
}

// startsJSON reports whether b is how JSON often begins: what follows two such signs is not checked.
func startsJSON(b []byte) bool {
	if len(b) < 4 || !isASCII(b) {
		return false
	}
	switch string(b[:2]) {
	case `{"`, `[{`, `["`, "{\n", "{\r", "{ ":
		return true
	}
	return false
}

// shapely reports whether text is a word in lower or upper case, or with a capital; a few digits may
// follow it; or digits alone.
func shapely(text string) bool {
	word := strings.TrimRight(text, "0123456789")
	if word == "" {
		return true
	}
	rest := word[1:]
	return allOf([]byte(word), isLetter) && (rest == strings.ToLower(rest) || word == strings.ToUpper(word))
}

// signs come before words, between them or after them.
const signs, before = " .,:-_/\"'<>=[](){}@!?;\t\r\n", "/\"'<[({\r\n"

// piece reports whether text is a sign and three letters of a word.
func piece(text string) bool {
	i := strings.IndexAny(text, signs)
	if i < 0 {
		return false
	}
	return word(text[:i] + text[i+1:])
}

// figures reports whether text is two or three digits and signs, as in dates, times, versions and addresses, or
// three hex digits and a sign, as in a UUID.
func figures(text string) bool {
	digits := strings.Map(func(c rune) rune {
		if strings.ContainsRune(" -:./,[]()<>+\r\n", c) {
			return -1
		}
		return c
	}, text)
	if len(digits) == 3 && strings.ContainsAny(text, "-:") {
		return allOf([]byte(digits), isHex) && (digits == strings.ToLower(digits) || digits == strings.ToUpper(digits))
	}
	return (len(digits) == 2 || len(digits) == 3) && allOf([]byte(digits), isDigit)
}

// enclosed reports whether text is a word of two letters between signs, such as " is ".
func enclosed(text string) bool {
	return strings.Contains(signs, text[:1]) && strings.Contains(signs, text[3:]) && word(text[1:3])
}

// mixed reports whether text is the end of a word, a sign and digits, or the reverse, such as "ts=2" and "1 of".
func mixed(text string) bool {
	for i := 1; i < 3; i++ {
		a, b := text[:i], text[i+1:]
		if strings.IndexByte(" -:./=_@", text[i]) >= 0 && (word(a) && allOf([]byte(b), isDigit) || word(b) && allOf([]byte(a), isDigit)) {
			return true
		}
	}
	return false
}

// padded reports whether text is a number in decimal or hex digits that begins with two zeros.
func padded(text string) bool {
	return len(text) == 4 && text[:2] == "00" && allOf([]byte(text), isHex) && (text == strings.ToLower(text) || text == strings.ToUpper(text))
}

// word reports whether all of text is letters, in a case that people write.
func word(text string) bool { return allOf([]byte(text), isLetter) && shapely(text) }

// jsonPart reports whether text has two signs together that JSON has.
func jsonPart(text string) bool {
	if !allOf([]byte(text), isPrintable) {
		return false
	}
	for i := range 3 {
		if strings.Contains(`":|",|{"|"}|:"|,"|[{|}]|},|["|"]`, text[i:i+2]) && !strings.Contains(text[i:i+2], "|") {
			return true
		}
	}
	return false
}

// pairs are two signs between words, in prose, markup and paths.
const pairs = "\r\n|\n\n| \n|" + `, |. |: |" |",|":|="|("|")|/>|</|><|//|--|->|::`

// between reports whether text is two letters of a word and two signs before or after it.
func between(text string) bool {
	is := func(letters, signs string) bool {
		return word(letters) && strings.Contains("|"+pairs+"|", "|"+signs+"|")
	}
	return is(text[:2], text[2:]) || is(text[2:], text[:2])
}

// pieceStart is 1.5 if a piece begins with a sign that comes before words, or ends with one that
// comes after them: that shows in which order it is read.
func pieceStart(text string) float64 {
	first, last := strings.Contains(before, text[:1]), strings.Contains(signs, text[3:]) && !strings.Contains(before, text[3:])
	if first || last {
		return 1.5
	}
	return 0
}

func allOf(b []byte, is func(byte) bool) bool {
	for _, c := range b {
		if !is(c) {
			return false
		}
	}
	return true
}

// isASCII reports whether b is text in ASCII, on one line or more.
func isASCII(b []byte) bool {
	return allOf(b, func(c byte) bool { return isPrintable(c) || c == '\t' || c == '\r' || c == '\n' })
}

func isDigit(c byte) bool     { return '0' <= c && c <= '9' }
func isHex(c byte) bool       { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
func isLetter(c byte) bool    { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isAlnum(c byte) bool     { return isDigit(c) || isLetter(c) }
func isPrintable(c byte) bool { return ' ' <= c && c <= '~' }
