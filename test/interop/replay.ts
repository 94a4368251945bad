// A server that answers with recorded bytes, and reads requests as those of 2012 do: by Content-Length alone.

import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface Recorded {
  /** `POST /Test/?…`. */
  readonly line: string
  readonly head: string
  header(name: string): string | undefined
  readonly body: string
}

export interface Replay {
  /** With a slash at the end. */
  readonly url: string
  /** What came, in order; to be emptied by a test. */
  readonly requests: Recorded[]
  close(): Promise<void>
}

/** `answer` gets a request and the server's own URL, and gives status line, headers and body. */
export async function replay(answer: (request: Recorded, url: string) => string): Promise<Replay> {
  const requests: Recorded[] = []
  const sockets = new Set<Socket>()
  let url = ''
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    let received = ''
    socket.on('data', chunk => {
      received += chunk.toString('latin1')
      const end = received.indexOf('\r\n\r\n')
      if (end < 0) return
      const request = requestIn(received.slice(0, end), received.slice(end + 4))
      if (request === undefined) return
      received = ''
      requests.push(request)
      // Each connection carries one request: HTTP/1.0.
      socket.end(Buffer.from(answer(request, url), 'latin1'))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    url,
    requests,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function requestIn(head: string, rest: string): Recorded | undefined {
  const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]
  const length = Number(header('content-length') ?? 0)
  if (rest.length < length) return undefined
  const line = (head.split('\r\n', 1)[0] as string).replace(/ HTTP\/1\.1$/, '')
  return { line, head, header, body: rest.slice(0, length) }
}
