// One HTTP request as bytes over a real socket, and its answer taken apart as HTTP/1.1 says.

import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** Status line and headers as they came. */
  readonly head: string
  header(name: string): string | undefined
  readonly body: Buffer
}

/** Sends the bytes and waits for a whole answer. A peer of 2012 would hang where this times out. */
export async function converse(url: string, request: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.setTimeout(10_000, () => socket.destroy(new Error('no whole answer within 10 s')))
  try {
    socket.write(request)
    let received: Buffer = Buffer.alloc(0)
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk])
      const answer = answerIn(received)
      if (answer !== undefined) return answer
    }
    throw new Error(`the answer broke off after ${JSON.stringify(received.toString())}`)
  } finally {
    socket.destroy()
  }
}

function answerIn(received: Buffer): RawAnswer | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = received.toString('latin1', 0, end)
  const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]
  const status = Number(head.split(' ', 2)[1])
  const rest = received.subarray(end + 4)
  const body = bodyIn(rest, status, header('content-length'), header('transfer-encoding'))
  return body && { status, head, header, body }
}

function bodyIn(rest: Buffer, status: number, length?: string, encoding?: string): Buffer | undefined {
  if (status === 204) return Buffer.alloc(0)
  if (length !== undefined) {
    return rest.length < Number(length) ? undefined : rest.subarray(0, Number(length))
  }
  if (encoding !== 'chunked') return undefined
  const parts: Buffer[] = []
  for (let position = 0; ; ) {
    const line = rest.indexOf('\r\n', position)
    if (line < 0) return undefined
    const size = Number.parseInt(rest.toString('latin1', position, line), 16)
    const end = line + 2 + size + 2
    if (rest.length < end) return undefined
    if (size === 0) return Buffer.concat(parts)
    parts.push(rest.subarray(line + 2, end - 2))
    position = end
  }
}
