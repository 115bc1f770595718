package page

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/peers"
	"framecat/hexview"
)

// hostile is text that would do harm if it were ever parsed as markup or printed as it is.
var hostile = []string{
	`<script>window.harm = 1</script>`, `</script><script>window.harm = 1</script>`, `<img src=x onerror="window.harm = 1">`,
	`<a href="javascript:window.harm=1">x</a>`, `" onmouseover="window.harm=1`, `{{script}}`, `<!--<script>`, `]]>`, `&lt;b&gt;`,
	"\u202egnp.exe", "\u2028\u2029\u200b\ufeff", "\x1b[31m\x00\x9b\xff\xfe\xc3", "line\r\nline\ttab",
}

// hostilePage returns a page with hostile text in each of its places, and more items than it can hold.
func hostilePage() *Page {
	all := strings.Join(hostile, " ")
	p := &Page{Title: all, Word: "message", Notes: hostile}
	for k, text := range append(hostile, `{"a":[1.50,{},[],"</script>{,}"],"b":"`+"\u202e"+`"}`) {
		i := Item{Label: text, Dir: []string{"c2s", "s2c"}[k%2], Size: int64(len(text)), Text: text, Lines: []string{text}, Time: time.Unix(0, int64(k))}
		i.Fields = []Field{{"type", text}, {text, text}}
		i.Begin(0, text)
		i.Bytes(hexview.Header, '[', []byte(text))
		i.Bytes(hexview.Payload, '|', []byte(text))
		i.Bytes(hexview.Wrong, '!', []byte("\xff"))
		i.Bytes(hexview.Unread, 0, []byte(text))
		i.Line(text)
		p.Add(i)
	}
	for k := range mostItems {
		i := Item{Label: fmt.Sprintf("#%d", k), Size: 3}
		i.Begin(int64(4*k), "")
		i.Bytes(hexview.Payload, '|', []byte("abc"))
		p.Add(i)
	}
	return p
}

// The file has nothing but the markup of page.html: neither the data nor anything else ends an element
// too early, and all the data is there.
func TestHTML(t *testing.T) {
	t.Parallel()
	p := hostilePage()
	text := p.HTML()
	before, rest, _ := strings.Cut(text, `<script id="data" type="application/json">`)
	data, after, _ := strings.Cut(rest, "</script>")
	if want, _, _ := strings.Cut(frame, "{{data}}"); len(before) != len(want)-len("{{style}}{{script hash}}{{style hash}}")-len(`<script id="data" type="application/json">`)+len(style)+2*len(hash("")) {
		t.Errorf("there is more before the data: %d bytes", len(before))
	}
	if after != "\n<script>"+script+"</script>\n</html>\n" {
		t.Error("there is more after the data")
	}
	var d dataPage
	if err := json.Unmarshal([]byte(data), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Items) != mostItems || d.Left != int64(len(hostile)+1) || string(d.Items[0].Rows[0].Parts[1].Bytes) != hostile[0] {
		t.Errorf("%d items, %d are left out", len(d.Items), d.Left)
	}
	if strings.ContainsAny(data, "<>\u202e\u2028\x1b") {
		t.Error("characters of the data are not escaped")
	}
	for _, word := range []string{"http:", "https:", "//", "url(", "@import", "src=", "href=", "innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("} {
		if text := strings.ReplaceAll(style+frame+script, " // ", ""); strings.Contains(regexp.MustCompile(`(?m)^ *//.*$`).ReplaceAllString(text, ""), word) {
			t.Errorf("the page has %s", word)
		}
	}
}

// A page and its items are bounded.
func TestLimits(t *testing.T) {
	t.Parallel()
	p := &Page{}
	for range mostBytes/mostEach + 3 {
		var i Item
		i.Begin(0, "")
		i.Bytes(hexview.Payload, '|', make([]byte, mostEach-1))
		i.Bytes(hexview.Payload, 0, make([]byte, 10))
		if i.held != mostEach || i.more != 9 || len(i.rows[0].parts) != 1 {
			t.Fatalf("%d bytes in %d parts, %d more", i.held, len(i.rows[0].parts), i.more)
		}
		p.Add(i)
	}
	if len(p.items) != mostBytes/mostEach || p.left != 3 {
		t.Errorf("%d items, %d are left out", len(p.items), p.left)
	}
}

// driver uses the page as a user does, and writes what it finds to an element. That element is the only
// thing of the page that it changes.
const driver = `
addEventListener("load", () => {
  const seen = { elements: {}, attributes: {}, details: [], violations };
  const look = () => document.querySelectorAll("*").forEach((e) => {
    seen.elements[e.localName] = 1;
    for (const a of e.attributes) seen.attributes[a.name] = 1;
  });
  const press = (key, on) => (on || document).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const chosen = () => document.querySelector("[aria-selected=true] .label").textContent;
  const find = (text) => { search.value = text; search.dispatchEvent(new Event("input")); look(); return count.textContent; };
  const search = document.getElementById("search"), count = document.getElementById("count");
  seen.lines = document.querySelectorAll(".item").length;
  seen.count = count.textContent;
  for (let i = 0; i < 14; i++, press(i % 2 ? "j" : "ArrowDown")) {
    look();
    seen.details.push(document.getElementById("detail").textContent);
  }
  press("k"); press("ArrowUp");
  seen.moved = chosen();
  press("G");
  seen.last = chosen();
  seen.visible = document.querySelector("[aria-selected=true]").getBoundingClientRect().bottom <= innerHeight;
  press("g");
  press("/");
  seen.focus = document.activeElement.id;
  seen.found = [find("ONERROR"), find("#77"), find("0x61 6263"), find("nothing at all")];
  press("Escape", search);
  seen.cleared = count.textContent;
  const dir = document.getElementById("dir"), field = document.getElementById("field"), value = document.getElementById("value");
  dir.value = "s2c"; dir.dispatchEvent(new Event("change"));
  seen.dir = count.textContent;
  dir.value = ""; dir.dispatchEvent(new Event("change"));
  field.value = "type"; field.dispatchEvent(new Event("change"));
  seen.field = [count.textContent, value.options.length];
  value.selectedIndex = 1; value.dispatchEvent(new Event("change"));
  seen.value = count.textContent;
  look();
  seen.harm = window.harm || 0;
  seen.ready = Math.round(performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd);
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify(seen);
  document.body.append(out);
});
`

// A browser shows hostile text as text, in each place of a page with 10,000 items; the keyboard, search
// and filters work.
func TestBrowser(t *testing.T) {
	t.Parallel()
	chromium := peers.Path(t, "chromium", "apt-get install chromium")
	listen := `const violations = []; addEventListener("securitypolicyviolation", (e) => violations.push(e.violatedDirective));`
	text := hostilePage().HTML()
	text = strings.Replace(text, "script-src ", "script-src "+hash(listen)+" "+hash(driver)+" ", 1)
	text = strings.Replace(text, "<header>", "<script>"+listen+"</script><header>", 1) + "<script>" + driver + "</script>"
	dir := t.TempDir()
	name := filepath.Join(dir, "page.html")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1400,900", "--user-data-dir="+dir, "--dump-dom", "file://"+name).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, dump, ok := strings.Cut(string(out), `<pre id="seen">`)
	if !ok {
		t.Fatalf("the script did not end: %.2000s", out)
	}
	dump, _, _ = strings.Cut(dump, "</pre>")
	var seen struct {
		Elements, Attributes                           map[string]int
		Details, Found, Violations                     []string
		Lines, Harm, Ready                             int
		Count, Moved, Last, Focus, Cleared, Dir, Value string
		Visible                                        bool
		Field                                          [2]any
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(dump)), &seen); err != nil {
		t.Fatalf("%v: %.500s", err, dump)
	}
	t.Logf("loaded after %d ms", seen.Ready)
	elements := strings.Fields("html head meta title style script header h1 div noscript input select option output main section span h2 h3 p dl dt dd pre button body")
	attributes := strings.Fields("lang charset http-equiv content name id class type placeholder aria-label autocomplete spellcheck hidden value role tabindex aria-live aria-selected aria-activedescendant style")
	for _, row := range []struct {
		what  string
		seen  map[string]int
		known []string
	}{{"element", seen.Elements, elements}, {"attribute", seen.Attributes, attributes}} {
		for _, name := range row.known {
			delete(row.seen, name)
		}
		if len(row.seen) > 0 {
			t.Errorf("there is an %s that is not of the page: %v", row.what, row.seen)
		}
	}
	for i, row := range []struct{ got, want any }{
		{seen.Harm, 0}, {len(seen.Violations), 0}, {seen.Lines < 60, true}, {seen.Count, "10000 lines"}, {seen.Moved, hostile[12]}, {seen.Last, "#9985"}, {seen.Visible, true},
		{seen.Focus, "search"}, {fmt.Sprint(seen.Found), "[1 of 10000 lines 111 of 10000 lines 9986 of 10000 lines 0 of 10000 lines]"}, {seen.Cleared, "10000 lines"},
		{seen.Dir, "7 of 10000 lines"}, {fmt.Sprint(seen.Field), "[14 of 10000 lines 15]"}, {seen.Value, "1 of 10000 lines"},
	} {
		if got, want := fmt.Sprint(row.got), strings.NewReplacer("\r", `\r`, "\n", `\n`, "\t", `\t`).Replace(fmt.Sprint(row.want)); got != want {
			t.Errorf("%d: %q, want %q", i, got, want)
		}
	}
	for i, text := range hostile {
		for _, r := range "\u202e\u2028\u2029\u200b\ufeff\x1b\x00\u009b\r" {
			if strings.ContainsRune(seen.Details[i], r) {
				t.Errorf("%q is shown with %q", text, r)
			}
		}
		if safe := strings.Trim(text, "\x1b"); strings.HasPrefix(text, "<") && strings.Count(seen.Details[i], safe) < 6 {
			t.Errorf("%q is not shown as it is: %q", text, seen.Details[i])
		}
	}
	if want := "{\n  \"a\": [\n    1.50,\n    {},\n    [],\n    \"</script>{,}\"\n  ],\n  \"b\": \"\\u202e\"\n}"; !strings.Contains(seen.Details[13], want) {
		t.Errorf("there is no %s in %q", want, seen.Details[13])
	}
}
