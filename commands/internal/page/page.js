
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const page = JSON.parse($("data").textContent);
  const items = page.items;
  const list = $("list"), space = $("space"), detail = $("detail");
  const height = 24; // of a line of the list, as in the style sheet
  const arrows = { c2s: "→", s2c: "←" };
  const mostRows = 256; // of hex, before a button
  let shown = items.map((_, i) => i); // the items that the filters leave
  let at = 0; // the selected one, in shown

  // make returns an element with text. All that is shown is made here or by text nodes: nothing is ever
  // parsed as markup.
  function make(name, className, text) {
    const e = document.createElement(name);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
  }

  const bytesOf = (b64) => Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));

  // safe escapes characters that do not show, or that change the order of text. Line ends stay.
  function safe(text, keep) {
    return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, (c) => {
      if (c === "\n") return keep ? c : "\\n";
      if (c === "\r") return "\\r";
      if (c === "\t") return keep ? c : "\\t";
      const n = c.codePointAt(0);
      if (n < 0x100) return "\\x" + n.toString(16).padStart(2, "0");
      return n > 0xffff ? "\\U" + n.toString(16).padStart(8, "0") : "\\u" + n.toString(16).padStart(4, "0");
    });
  }

  // textOf returns bytes as text, with bytes that are not UTF-8 escaped. A stream may end inside a
  // character.
  function textOf(b, keep, stream) {
    try {
      return safe(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(b, { stream }), keep);
    } catch {
      let out = "";
      for (const c of b) out += c < 0x80 ? String.fromCharCode(c) : "\\x" + c.toString(16);
      return safe(out, keep);
    }
  }

  // payload returns the payload of an item; null if it has none.
  function payload(item) {
    if (item.p) return bytesOf(item.p);
    const parts = (item.r || []).flatMap((r) => r.p || []).filter((p) => p.k === "payload").map((p) => bytesOf(p.b));
    if (parts.length === 0) return null;
    const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    let n = 0;
    for (const p of parts) {
      all.set(p, n);
      n += p.length;
    }
    return all;
  }

  // indented returns JSON with line ends, and each of its words as it came; null if the text is no JSON.
  function indented(text) {
    try {
      if (typeof JSON.parse(text) !== "object") return null;
    } catch {
      return null;
    }
    let out = "", depth = 0;
    const words = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g);
    const line = () => "\n" + "  ".repeat(Math.min(depth, 60));
    words.forEach((w, i) => {
      const before = words[i - 1];
      if (w === "}" || w === "]") {
        depth--;
        out += before === "{" || before === "[" ? w : line() + w;
      } else {
        if (before === "{" || before === "[" || before === ",") out += line();
        out += w === ":" ? ": " : w;
        if (w === "{" || w === "[") depth++;
      }
    });
    return out;
  }

  // Search looks at what is in lower case; 0x… at the digits of the bytes.
  const texts = [], digits = [];
  function searched(i) {
    if (texts[i] === undefined) {
      const item = items[i], b = payload(item);
      texts[i] = [item.n, item.x || "", ...(item.f || []).map((f) => f.join("=")), ...(item.l || []), ...(item.r || []).map((r) => r.n || ""), b ? textOf(b, true) : ""].join("\n").toLowerCase();
    }
    return texts[i];
  }
  function searchedHex(i) {
    if (digits[i] === undefined) {
      digits[i] = (items[i].r || []).map((r) => (r.p || []).map((p) => Array.from(bytesOf(p.b), (c) => c.toString(16).padStart(2, "0")).join(" ")).join(" ")).join("\n");
    }
    return digits[i];
  }

  // filter finds the items that are wanted, and keeps the selected one if it is among them.
  function filter() {
    const query = $("search").value.toLowerCase().trim(), dir = $("dir").value;
    const name = $("field").value, value = $("value").value;
    const hex = /^0x(?:[0-9a-f]{2}\s*)+$/.test(query) ? query.slice(2).replace(/\s/g, "").match(/../g).join(" ") : "";
    const chosen = shown[at];
    shown = [];
    items.forEach((item, i) => {
      if (dir && item.d !== dir) return;
      if (name && !(item.f || []).some((f) => f[0] === name && (value === "" || f[1] === value.slice(1)))) return;
      if (hex ? !searchedHex(i).includes(hex) : query && !searched(i).includes(query)) return;
      shown.push(i);
    });
    at = Math.max(0, shown.indexOf(chosen));
    $("count").textContent = shown.length === items.length ? count(counted) : counting(shown.map((i) => items[i])) + " of " + count(counted);
    space.style.height = shown.length * height + "px";
    select(at);
  }

  const word = page.word === "message" ? "line" : page.word; // not all lines are messages
  const counting = (list) => (page.word === "difference" ? list.filter((i) => i.s >= 0).length : list.length); // others are between the differences
  const counted = counting(items);
  const count = (n) => n + " " + word + (n === 1 ? "" : "s");
  // The sizes of all lines have the same width.
  list.style.setProperty("--size", items.reduce((n, i) => Math.max(n, String(i.s || 0).length), 5) + "ch");
  const days = new Set(items.map((i) => (i.t || "").slice(0, 10)).filter((d) => d)).size;

  // draw makes the lines of the list that can be seen, and no others.
  function draw() {
    const first = Math.max(0, Math.floor(list.scrollTop / height) - 5);
    const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / height) + 5);
    const lines = [space];
    for (let k = first; k < last; k++) lines.push(line(items[shown[k]], k));
    list.replaceChildren(...lines);
    list.setAttribute("aria-activedescendant", "item" + at);
  }

  function line(item, k) {
    const e = make("div", "item");
    e.id = "item" + k;
    e.style.top = k * height + "px";
    e.setAttribute("role", "option");
    e.setAttribute("aria-selected", String(k === at));
    if (item.t) {
      const time = make("span", "time", (days > 1 ? item.t.slice(5, 10) + " " : "") + item.t.slice(11, 23));
      time.append(make("span", "fine", item.t.slice(23, 26)));
      e.append(time);
    }
    if (item.d) e.append(make("span", item.d, arrows[item.d]));
    e.append(make("span", "label " + (item.k || ""), item.n));
    if (item.s >= 0) e.append(make("span", "size", String(item.s)));
    if (item.f && page.word === "message") e.append(make("span", "fields", item.f.map((f) => f.join("=")).join(" ").slice(0, 200)));
    e.append(make("span", "text", [item.x, start(item)].filter((s) => s).join("  ")));
    e.addEventListener("click", () => select(k));
    return e;
  }

  // start returns the first characters of a payload.
  function start(item) {
    if (page.word === "case" || item.x && page.word === "message") return "";
    const p = (item.r || []).flatMap((r) => r.p || []).find((p) => p.k === "payload" || p.k === "unread" || p.k === "leftover");
    return p ? textOf(bytesOf((item.p || p.b).slice(0, 400)), false, true) : "";
  }

  // select shows an item. The list moves so that its line can be seen.
  function select(k) {
    at = Math.min(Math.max(0, k), Math.max(0, shown.length - 1));
    if (at * height < list.scrollTop) list.scrollTop = at * height;
    const below = (at + 1) * height - list.clientHeight;
    if (below > list.scrollTop) list.scrollTop = below;
    draw();
    detail.replaceChildren(...(shown.length ? details(items[shown[at]]) : [make("p", "note", "nothing is found")]));
    detail.scrollTop = 0;
  }

  function details(item) {
    const out = [], head = make("h2");
    if (item.d) head.append(make("span", item.d, arrows[item.d] + " "));
    head.append(make("span", item.k, item.n));
    if (item.s >= 0) head.append(", " + item.s + " byte" + (item.s === 1 ? "" : "s"));
    out.push(head);
    const facts = make("dl"), all = item.f ? item.f.slice() : [];
    if (item.x && !all.some((f) => f[1] === item.x)) out.push(make("p", "", item.x));
    if (item.t) all.unshift(["time", item.t.replace("T", " ")]);
    for (const [name, value] of all) facts.append(make("dt", "", name), make("dd", "", value));
    if (all.length) out.push(facts);
    const both = make("div", "both"), left = make("div");
    for (const r of item.r || []) {
      if (r.n) left.append(make("h3", r.p ? "" : "section", r.n));
      if (r.p) left.append(hexOf(r));
    }
    if (item.m) left.append(make("p", "note", "… " + item.m + " more byte" + (item.m === 1 ? " is" : "s are") + " not in this page"));
    both.append(left);
    const b = page.word === "message" && payload(item);
    if (b && b.length) {
      const right = make("div", "beside"), json = indented(textOf(b, true));
      right.append(make("h3", "", json === null ? "text" : "JSON"), make("pre", "", json === null ? textOf(b, true) : json));
      both.append(right);
    }
    out.push(both);
    for (const l of item.l || []) out.push(make("pre", "command", l));
    return out;
  }

  // hexOf returns rows of hex with marks, as framecat inspect prints them.
  function hexOf(r) {
    const cols = window.innerWidth < 760 ? 8 : 16;
    const cells = [];
    for (const p of r.p) bytesOf(p.b).forEach((c, i) => cells.push([p.k, i === 0 && p.m ? p.m : " ", c]));
    const pre = make("pre", "hex");
    const rows = (from, to) => {
      const all = document.createDocumentFragment();
      for (let k = from; k < Math.min(to, cells.length); k += cols) all.append(row(cells.slice(k, k + cols), r.o + k, cols));
      return all;
    };
    pre.append(rows(0, mostRows * cols));
    if (cells.length > mostRows * cols) {
      const more = make("button", "", "show " + Math.ceil(cells.length / cols - mostRows) + " more rows");
      more.addEventListener("click", () => more.replaceWith(rows(mostRows * cols, cells.length)));
      pre.append(more);
    }
    return pre;
  }

  function row(cells, offset, cols) {
    const e = make("div");
    e.append(make("span", "offset", offset.toString(16).padStart(8, "0") + " "));
    const runs = (text) => {
      for (let i = 0; i < cells.length; ) {
        let k = i, out = "";
        while (k < cells.length && cells[k][0] === cells[i][0]) out += text(cells[k++]);
        e.append(make("span", cells[i][0], out));
        i = k;
      }
    };
    runs(([, mark, c]) => mark + c.toString(16).padStart(2, "0"));
    e.append("   ".repeat(cols - cells.length) + "  ");
    runs(([, , c]) => (c >= 0x20 && c < 0x7f ? String.fromCharCode(c) : "."));
    return e;
  }

  // options sets what a select offers: pairs of a value and a text.
  function options(select, pairs) {
    select.replaceChildren(...pairs.map(([value, text]) => {
      const o = make("option", "", text);
      o.value = value;
      return o;
    }));
  }

  // values are those of a field, each once; after the first hundred, the others are found by search.
  function values(name) {
    const seen = new Set();
    for (const item of items) for (const f of item.f || []) if (f[0] === name && seen.size < 100) seen.add(f[1]);
    return [...seen].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  }

  document.title = page.title + " – framecat";
  $("title").textContent = page.title;
  $("notes").replaceChildren(...page.notes.map((n) => make("div", "", n)));
  if (page.left) $("notes").append(make("div", "cut", "The page ends here: " + page.left + " more " + word + (page.left === 1 ? " is" : "s are") + " left out."));
  $("dir").hidden = !items.some((i) => i.d);
  const names = [...new Set(items.flatMap((i) => (i.f || []).map((f) => f[0])))];
  $("field").hidden = names.length === 0;
  options($("field"), [["", "any field"], ...names.map((n) => [n, n])]);
  $("field").addEventListener("change", () => {
    const name = $("field").value;
    $("value").hidden = !name;
    options($("value"), [["", "any value"], ...(name ? values(name) : []).map((v) => ["=" + v, v])]);
    filter();
  });
  for (const id of ["dir", "value"]) $(id).addEventListener("change", filter);
  $("search").addEventListener("input", filter);
  list.addEventListener("scroll", draw);
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    draw();
    if (width < 760 !== window.innerWidth < 760) select(at); // the rows of hex have another width
    width = window.innerWidth;
  });
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const typing = e.target === $("search");
    if (typing && e.key !== "Escape" && e.key !== "Enter" && e.key !== "ArrowDown" && e.key !== "ArrowUp" || e.target.tagName === "SELECT") return;
    const lines = Math.max(1, Math.floor(list.clientHeight / height) - 1);
    const to = { j: at + 1, ArrowDown: at + 1, k: at - 1, ArrowUp: at - 1, PageDown: at + lines, PageUp: at - lines, Home: 0, g: 0, End: shown.length - 1, G: shown.length - 1 }[e.key];
    if (e.key === "/") $("search").focus();
    else if (e.key === "Escape" || e.key === "Enter") {
      if (e.key === "Escape" && typing) $("search").value = "";
      if (typing) filter();
      list.focus();
    } else if (to !== undefined) select(to);
    else return;
    e.preventDefault();
  });
  const first = items.findIndex((i) => i.k === "bad");
  at = Math.max(0, first < 0 ? items.findIndex((i) => i.r) : first);
  filter();
  list.focus();
})();
