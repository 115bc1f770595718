package manual

import (
	"cmp"
	"slices"
	"strings"

	"framecat/framing"
)

// A Group is framings of one kind, under a title.
type Group struct {
	Title string
	Rows  []framing.Entry
}

// groups are the groups of framings in the order of lists: what protocols build on first, then
// what is most used. A row names its group by the word.
var groups = []struct{ word, title string }{
	{"lengths", "Lengths"}, {"delimiters", "Delimiters"}, {"text", "Text"}, {"serial", "Serial lines"},
	{"web", "Web"}, {"databases", "Databases"}, {"messaging", "Messaging"}, {"rpc", "Remote calls"}, {"network", "Network"},
	{"files", "Files and media"}, {"logs", "Logs"}, {"tools", "Tools"}, {"industry", "Industry and cars"},
	{"telecom", "Telecom"}, {"finance", "Finance"}, {"medicine", "Medicine"},
}

// Groups returns the table of framings in groups. Protocols are in alphabetical order.
func Groups() (list []Group) {
	rows := framing.Entries()
	for _, g := range groups {
		in := slices.DeleteFunc(slices.Clone(rows), func(k framing.Entry) bool { return k.Details().Group() != g.word })
		slices.SortStableFunc(in, func(a, b framing.Entry) int { return cmp.Compare(sortName(&a), sortName(&b)) })
		list = append(list, Group{g.title, in})
	}
	return list
}

// sortName is the name of a protocol; generic rules, whose order is that of the table, have
// none.
func sortName(k *framing.Entry) string {
	if k.Details().Traits().Generic {
		return ""
	}
	return k.Name
}

// holds reports whether a row has all words, in any case: in its name, its other names, its
// summary, its source, or the title of its group.
func (g *Group) holds(k *framing.Entry, words []string) bool {
	text := strings.ToLower(strings.Join(append(k.Details().Traits().Aliases, k.Name, k.Summary, k.Source, g.Title), "\n"))
	return !slices.ContainsFunc(words, func(w string) bool {
		named := framing.Lookup(w)
		return !strings.Contains(text, strings.ToLower(w)) && (named == nil || named.Name != k.Name)
	})
}

// searchWords returns the words that a search may have meant: names, and the words of summaries.
func searchWords() (words []string) {
	var more []string
	for _, k := range framing.Entries() {
		words = append(words, k.Name)
		more = append(more, k.Details().Traits().Aliases...)
		for _, w := range strings.Fields(k.Summary) {
			if w = strings.Trim(w, ",;:.()'"); len(w) > 3 {
				more = append(more, w)
			}
		}
	}
	return append(words, more...)
}
