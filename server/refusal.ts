// What a server says without asking the application: that a limit of connections or requests was passed. Made
// once, since it is sent when there is least time for it, and sent as whatever Node has at that point: a response
// to answer with, or a bare socket (spec/limits.md).

import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Codec } from '../lib/codec.js'
import { codecs, json } from '../lib/codecs.js'
import type { Fault } from '../lib/fault.js'
import { negotiate } from '../lib/negotiate.js'

/** JSON first: what clients get that accept anything. */
const offered = [json, ...codecs.values()]

/** Seconds after which to come again; what was shed is gone long before. */
const retryAfter = 1

/** A Fault as an answer, in each type that it can have. Of what was not started it says when to come again. */
export class Refusal {
  readonly fault: Fault
  readonly #headers: Readonly<Record<string, string>>
  readonly #bodies = new Map<Codec, Uint8Array<ArrayBuffer>>()

  constructor(fault: Fault) {
    this.fault = fault
    this.#headers = {
      'cache-control': 'no-store',
      vary: 'Accept, Accept-Encoding',
      'referrer-policy': 'no-referrer',
      ...(fault.details.started === false ? { 'retry-after': String(retryAfter) } : {}),
    }
  }

  #body(codec: Codec): Uint8Array<ArrayBuffer> {
    let body = this.#bodies.get(codec)
    if (body === undefined) {
      body = codec.encode(this.fault) as Uint8Array<ArrayBuffer>
      this.#bodies.set(codec, body)
    }
    return body
  }

  #for(accept: string | undefined): { headers: Record<string, string>; body: Uint8Array<ArrayBuffer> } {
    const codec = negotiate(accept, offered) ?? json
    const body = this.#body(codec)
    const headers = { ...this.#headers, 'content-type': codec.type, 'content-length': String(body.length) }
    return { headers, body }
  }

  response(accept: string | undefined): Response {
    const { headers, body } = this.#for(accept)
    return new Response(body, { status: this.fault.status, headers })
  }

  answer(outgoing: ServerResponse, accept: string | undefined): void {
    const { headers, body } = this.#for(accept)
    outgoing.writeHead(this.fault.status, headers).end(body)
  }

  /** To a connection whose request cannot be read, so that nothing is known of what it accepts. */
  write(socket: Socket): void {
    const { headers, body } = this.#for(undefined)
    const { status } = this.fault
    const lines = Object.entries({ ...headers, connection: 'close' }).map(pair => pair.join(': '))
    socket.end(
      Buffer.concat([
        Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
        body,
      ]),
    )
  }
}
