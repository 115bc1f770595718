// Reads streams with the .ksy of each. Standard input is a list of {ksy, stream}, the stream in
// hex. Standard output is a list of lists of frames {fields, body, tail}, body and tail in hex.
// NODE_PATH has the modules kaitai-struct-compiler, kaitai-struct and js-yaml.
const compiler = require("kaitai-struct-compiler");
const yaml = require("js-yaml");
const KaitaiStream = require("kaitai-struct/KaitaiStream");

const hex = (bytes) => Buffer.from(bytes).toString("hex");

// load runs the JavaScript of a parser and returns its exports.
function load(code) {
  const module = {exports: {}};
  new Function("module", "exports", "require", code)(module, module.exports, require);
  const found = Object.values(module.exports).find((v) => typeof v === "function");
  return found || module.exports;
}

// wire returns the bytes of a unit: a byte, or an escape and what it escapes.
const wire = (u) => (typeof u === "number" ? [u] : [u.byte, ...(u.escaped === undefined ? [] : [u.escaped]), ...(u.rest || [])]);

function read({ksy, stream}, parser, source) {
  const io = new KaitaiStream(new Uint8Array(Buffer.from(stream, "hex")).buffer);
  const frames = [];
  while (!io.isEof()) {
    const start = io.pos;
    let f;
    try {
      f = new parser.Frame(io, null, null);
    } catch (e) {
      if (process.env.VERBOSE) console.error(source.meta.id, start, String(e));
      break; // the stream is cut, or ends with bytes of no frame
    }
    const fields = {};
    const header = source.types.header || {seq: []};
    const ids = [...(header.seq || []).map((a) => a.id), ...Object.keys(header.instances || {})];
    for (const id of ids) {
      const v = f.header[id.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase())];
      if (typeof v === "number") fields[id] = v;
    }
    const body = f.payload || [].concat(...(f.bytes || f.units).map(wire));
    const size = io.pos - start;
    frames.push({fields, body: hex(body), wire: stream.slice(2 * start, 2 * (start + size))});
  }
  return frames;
}

async function main() {
  const list = JSON.parse(require("fs").readFileSync(0));
  const out = [];
  for (const s of list) {
    const source = yaml.load(s.ksy);
    const files = await compiler.compile("javascript", source, null, false);
    out.push(read(s, load(Object.values(files)[0]), source));
  }
  console.log(JSON.stringify(out));
}

main().catch((e) => {
  console.error(e);
  process.exit(1);
});
