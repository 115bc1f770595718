package hint

import (
	"math"
	"strings"
)

// Text differs from random bytes in how often one sign follows another. The tables here were counted in manuals, settings,
// logs and source code. Letters that nobody writes in that order, such as "qX3v", have no evidence, and of the two orders
// of four bytes mostly one has more.

// kinds are the signs of text: "a" is every small letter, "A" every capital, "0" every digit, and "\n" a carriage return too.
const kinds = "aA0 \n\t\"'`.,:;-_/\\|<>()[]{}=+*#&%$@!?~^"

// before are the kinds that have a row in kindAfter. The rows are those of the start, of these, and of the others.
const before = "aA0 \n\"'.,:-_/<>(){=*#["

// kindAfter is how rare each of kinds is after what comes before it, in halves of a bit, as a digit in base 36; the last
// one is for the same sign once more.
var kindAfter = [...]string{
	"36a777fjleefjcgbglfifebihdfjicmlilknorv", // a number begins here
	"1bd7dpfjncedieffhnlhdehijkgkmqnrrmpnvuv", // a small letter
	"4298cifkqfdhlgcgenjlhfkhmmhiqutmlustvuv", // a capital
	"68279jdhn89bfbfegokjealbkgkfhroiolplkrv", // a digit
	"27avhqbfjfqfjdgfeifkdlekdhchegiiglhqop4", // a space
	"68b5v5ipl8vsqdiacsdsifinhbgliaolgjkvut5", // a line end
	"46c76pujhd7adfgdcnh9j9hfkcdglcjgdrjnrn8", // "
	"47a67neshc6bccfdbghje8fcgfjjiimcgkmlldc", // '
	"35586pfkpvgosrcgckhrifohrppnjtqpmvrnts7", // .
	"59e17pckriulqkgsgrrujkhuisuunuujhqjsuuq", // ,
	"4c746hbkkfjuublafuhohqkffr8oneujiujuuq8", // :
	"2b69bvnoqjrvtvqm9srbmlrnnslnlpvrpvvqvv4", // -
	"24aahughridhikukknmubhgjomuujurqruupuu7", // _
	"29a5chhkoihnlsluhrldihlmmnmmckuilhrmoi4", // /
	"2bdahslfsnsnses3oosfpssspscsssplisekssb", // <
	"78d44gehhdddjfhgfn4teeiidndmqfemiqqttna", // >
	"277gbu8chhudo8eidsilu6cujuprdjfidkkfmme", // (
	"fps44mfgha688jsedifmeuhga9lhdqijjuseuq8", // )
	"3aa83n9flhtjtdencqntktjtt9tlttlnftqttnd", // {
	"5da3cu7bmhqpukmhbkldgqfmguuuqpumfskugl5", // =
	"47a4cnhgpccgsif8dkjp8cehikisssskipijss8", // *
	"5a729mhlsksssfjnksisgojksssslsskjogsss7", // #
	"375aetcdh8ibtecl9oithtt7itimfgtkfllqthb", // [
	"39977obglcbdf8fcdjioccfedbdkghglhkmlml6", // any other sign
}

// letterAfter is the same for the letters a to z, in the first row at the start of a word, then after a to z.
var letterAfter = [...]string{
	"898997ab8ffa9999f977bbbdfg", "c979gf9iaid786haf686bdeedi", "6cbb6faf8bc6df7efaae6gfe8h",
	"6fbe6fe7bi77df4ehac7afiidi", "7cc83ddg5fecee8efaabadeedi", "9c87bachdii896fcd567hcd9ej",
	"8afda8fh4hh9dd5eh6ba7gffdi", "ab9e4fb87gfad96ce78b9eghfd", "6ggf3hgh6hfedf7cgac7cfhhfi",
	"ba8aa99jhig8947ckb67gcidjd", "6aba5dccacbbac8b8b8c8acccc", "6adb4c7d7deccbcdcd9bbebeed",
	"6fe94afg5ih7gf6cig999fhiah", "5ada4ffh8ggb9f76hgacahhgdg", "8g767b6g9hddgd7cjh75bcjjcj",
	"dda9f9cidfa985a9k5a98bbfig", "5gdc5gfcaid7fg79h6a89ghf9h", "9bbaaca9bcc9cdde9aaa3bacac",
	"7fbb4d9i7jdcb96ei988adfkak", "aeae5fe97jebdf98fd749ffiai", "7gcd5eg56kiddh7bk7a9aheh9i",
	"cab98ddi8ji795e8i676ihhfih", "4ccc3fcd7ffedeaeddecdeefef", "6dcb6ed74eedc98dd8aefeaedf",
	"8c9b6cdd7ded9cc6da95ddfcdc", "bccabedfbdf99a94e966dfceec", "7bba3bbd8bcaac9bccbcbbbbbb",
}

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
		return bits + 12
	case strings.HasPrefix(text, "20") && allOf(b, isDigit): // a year
		return bits + 4
	case padded(text):
		return 20
	default:
		return bits
	}
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

// rarity returns how rare the text b is, in bits; of random bytes, each has 8. What has other bytes than
// text in ASCII is as rare as can be.
func rarity(b []byte) (bits float64) {
	row, last := 0, -1 // of kindAfter; the letter before
	for i, c := range b {
		kind := strings.IndexByte(kinds, kindOf(c))
		if kind < 0 {
			return math.Inf(1)
		}
		if i > 0 && kindOf(c) == kindOf(b[i-1]) && !isAlnum(c) {
			kind = len(kinds)
		}
		bits += halves(kindAfter[row][kind])
		letter := -1
		switch {
		case isLetter(c):
			letter = int(c | 0x20 - 'a')
			bits += halves(letterAfter[last+1][letter])
		case isDigit(c):
			bits += math.Log2(10)
		}
		last = letter
		if row = strings.IndexByte(before, kindOf(c)) + 1; row == 0 {
			row = len(kindAfter) - 1
		}
	}
	return bits
}

// halves returns the number of bits that a digit of the tables means.
func halves(digit byte) float64 {
	if isDigit(digit) {
		return float64(digit-'0') / 2
	}
	return float64(digit-'a'+10) / 2
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
