// Raw bytes at a served port: requests that are nearly HTTP. Each connection ends, with answers of statuses that are
// in the table or with none, and the server goes on serving.

import { connect } from 'node:net'
import { serve } from '../../server/index.js'
import { accidents, makeRouter, secret } from './application.js'
import { objectsOf, statuses } from './handler.js'
import { parseRequest, requests } from './requests.js'
import { Finding, fromLatin1, hashOf, latin1, type Target } from './target.js'

/** What Node answers before anything of ours sees a request: an expectation that it doesn't know. */
const nodeStatuses = new Set([417])

/** A request as it travels. */
function written(bytes: Uint8Array): Uint8Array {
  const { method, path, headers, body } = parseRequest(bytes)
  const lines = [...headers.filter(([name]) => name !== 'content-length' && name !== 'host')]
  lines.push(['host', '127.0.0.1'], ['content-length', String(body.length)])
  const head = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)].join(
    '\r\n',
  )
  return latin1(`${head}\r\n\r\n${fromLatin1(body)}`)
}

/** All that is answered to bytes sent in two parts, until the server ends the connection. */
function exchange(port: number, bytes: Uint8Array): Promise<string> {
  const half = hashOf(bytes) % (bytes.length + 1)
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', chunk => chunks.push(chunk))
    // A connection that is reset was answered too, or wasn't: both are the server's right.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
    socket.on('connect', () => {
      socket.write(bytes.subarray(0, half))
      socket.end(bytes.subarray(half))
    })
  })
}

async function check(port: number, bytes: Uint8Array): Promise<void> {
  accidents.length = 0
  const answer = (await exchange(port, bytes)).replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
  const [accident] = accidents
  if (accident !== undefined) throw new Finding('accident', String(accident), { cause: accident })
  if (answer === '') return
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
  if (!statuses.has(status) && !nodeStatuses.has(status)) throw new Finding('status', answer.slice(0, 300))
  if (answer.includes(secret)) throw new Finding('secret', answer)
}

const words = [
  '\r\n',
  '\r\n\r\n',
  'HTTP/1.0',
  'HTTP/2',
  'PRI * HTTP/2.0',
  'CONNECT ',
  'OPTIONS * ',
  'expect: 100-continue\r\n',
].concat(
  [
    'expect: x\r\n',
    'transfer-encoding: chunked\r\n',
    'transfer-encoding: identity, chunked\r\n',
    '0\r\n\r\n',
    'ffffffff\r\n',
  ],
  [
    'connection: close\r\n',
    'connection: upgrade\r\nupgrade: websocket\r\n',
    'content-length: 5\r\n',
    'content-length: -1\r\n',
    ' \t',
  ],
  ['host: evil.example\r\n', 'GET http://evil.example/ HTTP/1.1\r\n', '\0', '\r', ' : \r\n'],
)

export async function socketTarget(): Promise<Target> {
  const router = makeRouter()
  const objects = await objectsOf(router)
  const server = await serve(router, { port: 0 })
  const whole = (path: string) => latin1(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)
  return {
    name: 'sockets',
    seeds: ['/', ...objects].map(whole),
    words: words.map(latin1),
    fresh: seed => requests(objects, seed).map(written),
    check: input => check(server.port, input),
    async close() {
      const { status } = await fetch(server.url)
      await server.close()
      if (status !== 200) throw new Finding('no longer served', String(status))
    },
  }
}
