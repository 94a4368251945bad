// Clients that vanish: connections that are cut in the middle of a request, or while it is answered.

import { once } from 'node:events'
import { connect } from 'node:net'

const heads = {
  'in the head': () => 'POST /hello/ HTTP/1.1\r\nHost: localhost\r\nContent-Le',
  'in the body': () => `${head('hello', 1000)}{"name": "`,
  'before the answer': () => {
    const body = JSON.stringify({ milliseconds: 100 })
    return head('slow', body.length) + body
  },
  'while a blob comes': () => {
    const body = JSON.stringify({ size: 20_000_000 })
    return head('download', body.length) + body
  },
}

const head = (name: string, length: number) =>
  `POST /${name}/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`

export const vanishings = Object.keys(heads) as (keyof typeof heads)[]

/** Sends what there is, waits for some milliseconds, and is gone: by a reset, as of a process that was killed. */
export async function vanish(address: string, how: keyof typeof heads, wait: number): Promise<void> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(heads[how]())
  await new Promise(resolve => setTimeout(resolve, wait))
  socket.resetAndDestroy()
}
