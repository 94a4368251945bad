// What a server says without asking the application: that a limit of connections or requests was passed. Made
// once, since it is sent when there is least time for it, and sent as whatever Node has at that point: a response
// to answer with, or a bare socket (spec/limits.md).

import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { negotiate } from '../../../lib/negotiate.js'
import type { Fault } from '../../../lib/values/fault.js'
import { always } from './headers.js'
import { codecsFrom, type Representation } from './representation.js'

/** The type for clients that accept any comes first, as with a router that says nothing of it. */
const written: readonly [Representation, ...Representation[]] = codecsFrom()

/** Seconds after which to come again; what was shed is gone long before. */
const retryAfter = 1

interface Answer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}

/** A Fault as an answer, in each type that it can have. Of what was not started it says when to come again. */
export class Refusal {
  readonly fault: Fault
  readonly #headers: Readonly<Record<string, string>>
  readonly #offered: readonly Representation[]
  /** By type: each is made once, when the first asks for it. */
  readonly #answers = new Map<Representation, Answer>()

  /** `representations`: more of them, as a router has; those that depend on what was asked write Faults by themselves. */
  constructor(fault: Fault, representations: readonly Representation[] = []) {
    this.fault = fault
    this.#offered = representations.length === 0 ? written : [...written, ...representations]
    this.#headers = {
      ...always,
      'cache-control': 'no-store',
      ...(fault.details.started === false ? { 'retry-after': String(retryAfter) } : {}),
    }
  }

  #for(accept: string | undefined): Answer {
    const representation: Representation = negotiate(accept, this.#offered) ?? written[0]
    let answer = this.#answers.get(representation)
    if (answer === undefined) {
      const body = representation.encode(this.fault) as Uint8Array<ArrayBuffer>
      const typed = representation.headers ?? { 'content-type': representation.type }
      answer = { headers: { ...this.#headers, ...typed, 'content-length': String(body.length) }, body }
      this.#answers.set(representation, answer)
    }
    return answer
  }

  response(accept: string | undefined): Response {
    const { headers, body } = this.#for(accept)
    return new Response(body, { status: this.fault.status, headers })
  }

  answer(outgoing: ServerResponse, accept: string | undefined): void {
    const { headers, body } = this.#for(accept)
    outgoing.writeHead(this.fault.status, headers).end(body)
  }

  /** To a connection whose request was not read, or not to its end; `accept` where it is known all the same. */
  write(socket: Socket, accept?: string): void {
    const { headers, body } = this.#for(accept)
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
