/** As much of a WebSocket server (RFC 6455) over TLS as a program on the person's own machine needs: text messages, in fragments or whole. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { Duplex } from 'node:stream'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const TEXT = 1
const CLOSE = 8
const PING = 9
const PONG = 10

export interface Peer {
  origin: string
  send: (text: string) => void
  close: () => void
}

export interface WebSocketServer {
  stop: () => Promise<void>
}

function frame(opcode: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10)
  head[0] = 0x80 | opcode
  if (head.length === 2) head[1] = payload.length
  else if (head.length === 4) {
    head[1] = 126
    head.writeUInt16BE(payload.length, 2)
  } else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(payload.length), 2)
  }
  return Buffer.concat([head, payload])
}

interface Frame {
  isLast: boolean
  opcode: number
  payload: Buffer
  rest: Buffer
}

/** The first whole frame of what has come; what a client sends is masked. */
function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined
  const short = (bytes[1] ?? 0) & 127
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < head + 4) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < head + 4 + length) return undefined
  const mask = bytes.subarray(head, head + 4)
  const payload = Buffer.from(bytes.subarray(head + 4, head + 4 + length))
  for (let i = 0; i < length; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0)
  const first = bytes[0] ?? 0
  return { isLast: (first & 0x80) !== 0, opcode: first & 15, payload, rest: bytes.subarray(head + 4 + length) }
}

function talk(socket: Duplex, peer: Peer, onMessage: (peer: Peer, text: string) => void): void {
  let bytes: Buffer = Buffer.alloc(0)
  let parts: Buffer[] = []
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    for (let next = readFrame(bytes); next; next = readFrame(bytes)) {
      bytes = next.rest
      if (next.opcode === CLOSE) return peer.close()
      if (next.opcode === PING) socket.write(frame(PONG, next.payload))
      if (next.opcode > TEXT) continue
      parts.push(next.payload)
      if (!next.isLast) continue
      onMessage(peer, Buffer.concat(parts).toString())
      parts = []
    }
  })
  socket.on('error', () => socket.destroy())
}

/** Listens on 127.0.0.1; `onOpen` and `onMessage` are told of every connection. */
export async function serveWebSocket(
  options: { port: number; key: string; cert: string },
  onOpen: (peer: Peer) => void,
  onMessage: (peer: Peer, text: string) => void,
): Promise<WebSocketServer> {
  const sockets = new Set<Duplex>()
  const server = createServer({ key: options.key, cert: options.cert })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key'] ?? ''}${GUID}`)
      .digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const peer: Peer = {
      origin: request.headers.origin ?? '',
      send: (text) => void socket.write(frame(TEXT, Buffer.from(text))),
      close: () => void socket.end(frame(CLOSE, Buffer.alloc(0))),
    }
    talk(socket, peer, onMessage)
    onOpen(peer)
  })
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(options.port, '127.0.0.1', done)
  })
  return {
    stop: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => done())
      }),
  }
}
