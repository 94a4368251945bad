// Bodies as they are sent: bytes that are there, or a stream, at whose end something may have to be done.

import { turn } from '../../../lib/event-loop.js'
import { asNow } from '../context/current.js'

/** A body that is streamed, and what is to be done when it has ended. */
interface Sending {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly finish: (() => Promise<void>)[]
}

/** By response, whose own `body` costs the fast way of @hono/node-server once it is looked at. */
const sendings = new WeakMap<Response, Sending>()

export function respond(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  status: number,
  headers: Record<string, string>,
): Response {
  if (body instanceof Uint8Array) return new Response(body as Uint8Array<ArrayBuffer>, { status, headers })
  const sending = send(body)
  const response = new Response(sending.stream, { status, headers })
  sendings.set(response, sending)
  return response
}

/** Runs `done` once a streamed body was sent or given up, else now. A HEAD's body is given up at once. */
export async function whenSent(
  response: Response,
  isHead: boolean,
  done: () => Promise<void>,
): Promise<Response> {
  const sending = sendings.get(response)
  if (sending === undefined) await done()
  else {
    sending.finish.push(done)
    if (isHead) await sending.stream.cancel()
  }
  return response
}

/**
 * After so many bytes whatever else has to be done gets its turn, the receiver's leaving too: the kernel takes
 * megabytes at once, and what is made without waiting would go on until then.
 */
const turnBytes = 65_536

/**
 * A web stream that pulls a piece only when it is asked for one. Cancelling it ends the iteration. What makes the
 * pieces runs as part of the call that gave them, whoever reads.
 */
function send(chunks: AsyncIterable<Uint8Array>): Sending {
  const iterator = chunks[Symbol.asyncIterator]()
  const within = asNow()
  let sinceTurn = 0
  let left = false
  const finish: (() => Promise<void>)[] = []
  const end = async () => {
    for (const done of finish.splice(0)) await done()
  }
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          if (sinceTurn >= turnBytes) {
            sinceTurn = 0
            await turn()
            if (left) return
          }
          const { value, done } = await within(() => iterator.next())
          if (!done) {
            sinceTurn += value.length
            return controller.enqueue(value as Uint8Array<ArrayBuffer>)
          }
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        await end()
      },
      async cancel() {
        left = true
        // The source of the body may be waiting for something that never comes: nothing else waits for that.
        const leave = async () => within(() => iterator.return?.())
        await Promise.allSettled([leave(), end()])
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, finish }
}
