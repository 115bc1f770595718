// Servers around published packages that once had a fault in how they put messages together, and a
// client: a few lines each. A server reads with its package, and sends each message back.
//
//   node published.js PACKAGE [PORT]     port 0 is a free one; without PORT: standard input and output
//
// The package is looked for in the current directory. The client connects to $FRAMECAT_ADDRESS.
'use strict'
const { createRequire } = require('module')
const net = require('net')
const need = createRequire(process.cwd() + '/')

// These put a reply into its frame.
const u32 = (b) => { b = Buffer.from(b); const h = Buffer.alloc(4); h.writeUInt32BE(b.length); return Buffer.concat([h, b]) }
const mysql = (b) => { const h = Buffer.alloc(4); h.writeUIntLE(b.length, 0, 3); return Buffer.concat([h, b]) }

const { host, port } = Object(process.env.FRAMECAT_ADDRESS?.match(/^(?<host>.*):(?<port>.*)$/)?.groups)

// A server takes the two directions of a connection.
const programs = {
  'binary-split' (from, to) {
    from.pipe(need('binary-split')('\r\n')).on('data', (line) => to.write(line + '\r\n'))
  },
  byline (from, to) {
    from.setEncoding('utf8')
    need('byline').createStream(from, { keepEmptyLines: true }).on('data', (line) => to.write(line + '\r\n'))
  },
  carrier (from, to) {
    need('carrier').carry(from, (line) => to.write(line + '\r\n'))
  },
  'mqtt-packet' (from, to) {
    const parser = need('mqtt-packet').parser()
    parser.on('packet', (packet) => to.write(need('mqtt-packet').generate(packet)))
    parser.on('error', () => to.destroy())
    from.on('data', (chunk) => parser.parse(chunk))
  },
  mysql2 (from, to) {
    const Parser = need('mysql2/lib/packet_parser.js')
    const parser = new Parser((p) => to.write(mysql(p.buffer.slice(p.offset, p.end))))
    from.on('data', (chunk) => parser.execute(chunk))
  },
  '@redis/client' (from, to) {
    const { Decoder } = need('./node_modules/@redis/client/dist/lib/RESP/decoder.js')
    const reply = (words) => { for (const word of words) to.write(`$${Buffer.byteLength(word)}\r\n${word}\r\n`) }
    const decoder = new Decoder({ onReply: reply, onErrorReply () {}, onPush () {}, getTypeMapping: () => ({}) })
    from.on('data', (chunk) => decoder.write(chunk))
  },
  split2 (from, to) {
    from.pipe(need('split2')('\n')).on('data', (line) => to.write(line + '\n'))
  },
  thrift (from, to) {
    console.log = () => {} // version 0.9.1 prints here what it does
    from.on('data', need('thrift').TFramedTransport.receiver((frame) => to.write(u32(frame.inBuf))))
  },
  irc () {
    const client = new (need('irc').Client)(host, 'me', { port, retryCount: 0 })
    client.on('raw', (message) => console.log(message.command, ...message.args))
    client.on('abort', () => process.exit())
  },
  'redis-parser' () {
    const socket = net.connect(port, host, () => socket.write('*2\r\n$3\r\nGET\r\n$1\r\nk\r\n'))
    const done = (reply) => { console.log(reply); socket.end() }
    const parser = new (need('redis-parser'))({ returnReply: done, returnError: done })
    socket.on('data', (chunk) => parser.execute(chunk))
  }
}

const [name, listen] = process.argv.slice(2)
const run = programs[name]
if (listen === undefined) {
  run(process.stdin, process.stdout)
} else {
  const server = net.createServer((socket) => run(socket.on('error', () => {}), socket))
  server.listen(listen, '127.0.0.1', () => console.log(`listening on 127.0.0.1:${server.address().port}`))
}
