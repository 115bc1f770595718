package hint

import "strings"

// words are how texts begin that programs print, and that people send to try a port: the first
// four letters.
const words = " acce auth bash body byte cann caus char clos comm conn cont coul crea data date debu deco dele deni dire drop " +
	"echo enco erro exce exec exit fail fals fata file from have head hell help host html http info init inse inst inva " +
	"java json last line list load logi mess name node none null open pani pass path perm ping plea pong port prin proc prof " +
	"pyth quit read recv requ resp resu runn sele send serv sess star stat stop succ syst test text that this time titl " +
	"trac true type unab unkn upda usag user vers wait warn welc with writ your "

// textEvidence is the evidence that b is text, in bits.
func textEvidence(b []byte) float64 {
	text := string(b)
	switch bits := 8*float64(len(b)) - rarity(b); {
	case len(b) == 2 && allOf(b, isDigit):
		return 16
	case len(b) == 8 && bits >= convincing:
		return bits
	case len(b) != 4:
		return 0
	case text == strings.Repeat(text[:1], 4) && isAlnum(b[0]):
		return 24
	case shapely(text) && strings.Contains(words, " "+strings.ToLower(text)+" "):
		return bits + 6
	case strings.HasPrefix(text, "20") && allOf(b, isDigit): // a year
		return bits + 4
	case padded(text):
		return 20
	case shapely(text) || hexText(text): // a short name, a mark or an id: letters that no word has in this order
		return max(bits, 4)
	default:
		return bits
	}
}

// hexText reports whether text is hex digits in lower case, at most one "-" among them, as ids are.
func hexText(text string) bool {
	digits := strings.Replace(text, "-", "", 1)
	return allOf([]byte(digits), isHex) && digits == strings.ToLower(digits)
}

// drawing is the evidence, in bits, that 4 bytes are part of a picture or a ruled line, as banners have them. The tables know
// little of these: in settings and source code, few lines begin with such signs. Which order is right, they do not show.
func drawing(text string) float64 {
	if len(text) != 4 {
		return 0
	}
	bits := 29.0 // of 32; few texts are like that
	for i, c := range text {
		switch {
		case strings.IndexByte(" \n\r\t-=_*#:.,|/\\+~'`<>^()@$%&!", byte(c)) < 0:
			return 0
		case i > 0 && text[i] == text[i-1]:
			bits -= 1.5
		case c == ' ':
			bits -= 2.5
		default:
			bits -= 4.5
		}
	}
	return bits
}

// kindOf returns the kind of c, as kinds names it.
func kindOf(c byte) byte {
	switch {
	case c >= 'a' && c <= 'z':
		return 'a'
	case c >= 'A' && c <= 'Z':
		return 'A'
	case isDigit(c):
		return '0'
	case c == '\r':
		return '\n'
	}
	return c
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

// lateJSON returns where in b an object of JSON begins, if that is after a byte or two that are no text: a type, or a shorter
// length.
func lateJSON(b []byte) int {
	switch {
	case len(b) != 4 || isPrintable(b[0]):
	case string(b[1:3]) == `{"` && isLetter(b[3]):
		return 1
	case string(b[2:]) == `{"`:
		return 2
	}
	return 0
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

// padded reports whether text is a number in decimal or hex digits that begins with two zeros.
func padded(text string) bool {
	return len(text) == 4 && text[:2] == "00" && allOf([]byte(text), isHex) && (text == strings.ToLower(text) || text == strings.ToUpper(text))
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
