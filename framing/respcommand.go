package framing

import (
	"bytes"
	"strconv"
)

// Compose turns a line into what redis-cli sends for it: its words as an array of bulk
// strings. A line that is already a value is not changed. Nor is one whose quotes don't
// close; Append refuses it.
//
//	SET greeting "hello\n"    *3\r\n$3\r\nSET\r\n$8\r\ngreeting\r\n$6\r\nhello\n\r\n
func (r resp) Compose(dst, line []byte) []byte {
	w := respWalk{due: 1}
	if w.read(line, r.inline) == nil && w.at == len(line) {
		return append(dst, line...)
	}
	words, ok := splitWords(line)
	if !ok {
		return append(dst, line...)
	}
	if len(words) == 0 {
		return dst
	}
	dst = appendRespCount(dst, '*', len(words))
	for _, word := range words {
		dst = append(append(appendRespCount(dst, '$', len(word)), word...), "\r\n"...)
	}
	return dst
}

func appendRespCount(dst []byte, kind byte, n int) []byte {
	return append(strconv.AppendInt(append(dst, kind), int64(n), 10), "\r\n"...)
}

const wordBlanks = " \t\n\v\f\r"

// splitWords splits a line at blanks as Redis does. In "double quotes" there are the escapes
// \n \r \t \b \a and \xHH, in 'single quotes' only \'. A quote must close at the end of its
// word; otherwise it is not ok.
func splitWords(line []byte) (words [][]byte, ok bool) {
	for {
		line = bytes.TrimLeft(line, wordBlanks)
		if len(line) == 0 {
			return words, true
		}
		word, n := firstWord(line)
		if n < 0 {
			return nil, false
		}
		words, line = append(words, word), line[n:]
	}
}

// firstWord returns the word at the start of line and how many bytes it has there, with its
// quotes; -1 if a quote does not close.
func firstWord(line []byte) (word []byte, n int) {
	word = []byte{}
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		blank := bytes.IndexByte([]byte(wordBlanks), c) >= 0
		switch {
		case quote == 0 && blank:
			return word, i
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			if i++; i < len(line) && bytes.IndexByte([]byte(wordBlanks), line[i]) < 0 {
				return nil, -1
			}
			return word, i
		case quote != 0 && c == '\\' && i+1 < len(line):
			size, c := quoteEscape(line[i:], quote)
			word = append(word, c)
			i += size - 1
		default:
			word = append(word, c)
		}
	}
	if quote != 0 {
		return nil, -1
	}
	return word, len(line)
}

// quoteEscape reads an escape, which begins with a backslash, inside quotes.
func quoteEscape(s []byte, quote byte) (size int, c byte) {
	switch {
	case quote == '\'' && s[1] != '\'':
		return 1, '\\'
	case quote == '\'':
		return 2, '\''
	case s[1] == 'x' && len(s) >= 4 && hexDigit(s[2]) >= 0 && hexDigit(s[3]) >= 0:
		return 4, byte(hexDigit(s[2])<<4 | hexDigit(s[3]))
	}
	if i := bytes.IndexByte([]byte("nrtba"), s[1]); i >= 0 {
		return 2, "\n\r\t\b\a"[i]
	}
	return 2, s[1]
}
