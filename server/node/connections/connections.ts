// The connections of a server, and the requests on each: how many are let in, how long they may take, and an end
// that loses none of those that were let in (spec/limits.md, "Connections and time").

import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ServeLimits } from '../../../lib/limits.js'
import { Fault } from '../../../lib/values/fault.js'
import { overLimit } from '../../core/faults/faults.js'
import type { Refusal } from '../../core/responses/refusal.js'
import { refusalOf } from '../../features/html/refusal-page.js'
import type { ServiceDomain } from '../domain/service-domain.js'
import { Admission } from './admission.js'
import { acceptIn, type BrokenHead, brokenFault } from './broken-head.js'
import { continueWhenRead } from './expectation.js'
import { targetFault } from './request-target.js'
import { isLong, lingering, Rests } from './rests.js'
import { Running } from './running.js'
import { type Peer, Shares } from './shares.js'

const unexpected = new Fault('the only expectation is 100-continue', { status: 417, code: 'expectation' })

/** Requests on a connection that were let in and are not answered yet. */
interface Connection {
  running: number
  /** The maker of the connection: a proxy, not the senders behind it. */
  readonly peer: Peer
}

/** The limits by which something is refused for want of room. */
type Room = 'connections' | 'requests' | 'queueTime' | 'addressShare' | 'sendingShare'

const rooms: Readonly<Record<Room, (value: number) => string>> = {
  connections: value => `than ${value} connections`,
  requests: value => `than ${value} requests`,
  queueTime: value => `work than can be begun within ${value} ms`,
  addressShare: value => `than the ${value} of all places that one address may hold`,
  sendingShare: value =>
    `bodies on their way than the ${value} of all places that one address may hold with these`,
}

/** Milliseconds that a stream has to end by itself, once it was told that the server is closing; at most. */
const longestGrace = 1000
/** The same for a reader that takes nothing; up to twice as many, since Node sees that when they are over the second time. */
const longestStall = 2500

interface ConnectionsOptions {
  readonly server: HttpServer
  readonly limits: ServeLimits
  readonly domain: ServiceDomain
  /** Told of requests that are refused here and never begun. */
  readonly observe: (incoming: IncomingMessage, outgoing: ServerResponse) => void
}

export class Connections {
  readonly #server: HttpServer
  readonly #limits: ServeLimits
  readonly #domain: ServiceDomain
  readonly #observe: (incoming: IncomingMessage, outgoing: ServerResponse) => void
  readonly #admission: Admission
  readonly #shares: Shares
  readonly #open = new Map<Socket, Connection>()
  readonly #running = new Set<Running>()
  /** Requests that were answered and are still being sent. */
  readonly #rests = new Rests()
  readonly #refusals = new Map<string, Refusal>()
  /** Connections and requests that were refused for want of room. */
  refused = 0
  #clock: NodeJS.Timeout | undefined
  /** Set when it begins to drain: ends that, and does nothing once it is over. */
  #hurry: (() => void) | undefined
  #ended: Promise<void> | undefined
  #grace = longestGrace
  #stall = Number.POSITIVE_INFINITY

  constructor({ server, limits, domain, observe }: ConnectionsOptions) {
    this.#server = server
    this.#observe = observe
    this.#domain = domain
    this.#limits = limits
    this.#admission = new Admission(limits)
    this.#shares = new Shares(limits)
    const { headerTime, senderTime, requestTime } = limits
    const period = Math.max(10, Math.min(lingering, headerTime / 4, senderTime / 4, requestTime / 4))
    server.once('listening', () => {
      this.#clock = setInterval(() => this.#look(), period).unref()
    })
    server.on('connection', socket => this.#connected(socket))
    server.on('clientError', (error, socket) => this.#broken(error, socket as Socket))
    server.on('timeout', socket => this.#silent(socket))
    // Without these Node answers by itself: to all that expect a 100, before anybody is asked.
    server.on('checkContinue', (incoming, outgoing) => {
      continueWhenRead(incoming, outgoing)
      server.emit('request', incoming, outgoing)
    })
    server.on('checkExpectation', (incoming, outgoing) =>
      this.#shut(refusalOf(unexpected), incoming, outgoing),
    )
  }

  #connected(socket: Socket): void {
    const peer = this.#shares.of(this.#domain.addressOf(socket))
    const isFull = this.#open.size >= this.#limits.connections
    if (isFull || !this.#shares.connect(peer, this.#domain.isProxy(socket))) {
      socket.on('error', () => undefined)
      this.#refuse(socket, this.#refusal(isFull ? 'connections' : 'addressShare'))
      return
    }
    this.#open.set(socket, { running: 0, peer })
    socket.once('close', () => {
      this.#open.delete(socket)
      this.#shares.disconnect(peer)
    })
  }

  /** For want of room: made once for each value of a limit, since it is sent when there is least time for it. */
  #refusal(limit: Room): Refusal {
    this.refused++
    const value = this.#limits[limit]
    const known = this.#refusals.get(limit)
    if (known?.fault.details.value === value) return known
    // A sender's full share is no sign that the server could do no more: proxies ask the next one after a 503.
    const status = limit === 'addressShare' || limit === 'sendingShare' ? 429 : 503
    const fault = overLimit(`more ${rooms[limit](value)}`, limit, value, { status, started: false })
    const refusal = refusalOf(fault)
    this.#refusals.set(limit, refusal)
    return refusal
  }

  /** Lets a request in, and begins it when its turn has come; or sheds it. */
  admit(incoming: IncomingMessage, outgoing: ServerResponse, begin: (running: Running) => void): void {
    const { socket } = incoming
    const connection = this.#open.get(socket)
    // Of a connection that was refused.
    if (connection === undefined) return
    const stranger = this.#domain.refusal(incoming)
    if (stranger !== undefined) {
      outgoing.shouldKeepAlive &&= this.#domain.isProxy(socket)
      this.#observe(incoming, outgoing)
      return this.#shut(stranger, incoming, outgoing)
    }
    const wrong = targetFault(incoming)
    if (wrong !== undefined) {
      this.#observe(incoming, outgoing)
      return this.#shut(refusalOf(wrong), incoming, outgoing)
    }
    const verdict = this.#admission.take()
    if (verdict !== 'admitted') return this.#shut(this.#refusal(verdict), incoming, outgoing)
    const isPassedOn = this.#domain.isProxy(socket)
    const peer = isPassedOn ? this.#shares.of(this.#domain.senderOf(incoming).address) : connection.peer
    const share = this.#shares.begin(peer, incoming)
    if (share !== undefined) {
      this.#admission.giveBack()
      return this.#shut(this.#refusal(share), incoming, outgoing)
    }
    connection.running++
    const running = new Running({
      incoming,
      outgoing,
      limits: this.#limits,
      over: () => {
        this.#running.delete(running)
        this.#admission.giveBack()
        this.#shares.end(peer, incoming)
      },
    })
    this.#running.add(running)
    if (this.#ended !== undefined) {
      running.end(this.#grace)
      socket.setTimeout(this.#patience)
    }
    outgoing.shouldKeepAlive &&= !this.closing
    outgoing.once('close', () => {
      connection.running--
      running.closed()
      if (!incoming.complete) this.#rests.drop(incoming, outgoing, socket)
      if (this.#ended === undefined || connection.running !== 0) return
      // A peer that is still sending must be able to read the answer first.
      if (incoming.complete) socket.destroySoon()
      else socket.end()
    })
    // Before Node, which would close at once where nothing else is to come over the connection.
    if (isLong(incoming))
      outgoing.prependOnceListener('finish', () => {
        if (!incoming.complete) this.#rests.drop(incoming, outgoing, socket)
      })
    this.#admission.begin(() => {
      // A sender that has left while it waited needs no answer.
      if (outgoing.destroyed) running.settle()
      else begin(running)
    })
  }

  #shut(refusal: Refusal, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { socket } = incoming
    refusal.answer(outgoing, incoming.headers.accept)
    if (!incoming.complete) this.#rests.drop(incoming, outgoing, socket)
  }

  /** Ends requests that take too long. One clock for all: none of them sets a timer of its own. */
  #look(): void {
    const now = performance.now()
    for (const running of this.#running) running.look(now)
    this.#rests.look(now)
  }

  /** Milliseconds that a reader may take nothing. */
  get #patience(): number {
    return Math.min(this.#server.timeout, this.#stall)
  }

  /** Nothing has moved on a connection for as long as it may. */
  #silent(socket: Socket): void {
    const busy = (this.#open.get(socket)?.running ?? 0) > 0
    // Where nothing waits to be taken, it is the application's time, or a sender's, which the clock looks at.
    if (busy && socket.writableLength === 0) socket.setTimeout(this.#patience)
    else socket.destroy()
  }

  /** Answers bytes that Node could not read as a request. */
  #broken(error: BrokenHead, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable || this.#hasAnswered(socket)) socket.destroy()
    else this.#refuse(socket, refusalOf(brokenFault(error, this.#limits)), acceptIn(error.rawPacket))
  }

  #hasAnswered(socket: Socket): boolean {
    for (const running of this.#running) if (running.socket === socket && running.answering) return true
    return false
  }

  #refuse(socket: Socket, refusal: Refusal, accept?: string): void {
    refusal.write(socket, accept)
    // Closed with something unread, it would be reset, and the answer lost.
    socket.resume()
    const cut = setTimeout(() => socket.destroy(), lingering).unref()
    socket.once('close', () => clearTimeout(cut))
  }

  get closing(): boolean {
    return this.#hurry !== undefined
  }

  /** Lets connections end after their next answers, and tells streams of it, for some milliseconds, or until it is called again. */
  drain(milliseconds: number): Promise<void> {
    const isFirst = !this.closing
    this.#hurry?.()
    for (const running of this.#running) {
      running.last()
      running.tell()
    }
    return new Promise(resolve => {
      const timer = setTimeout(resolve, isFirst ? milliseconds : 0)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
      if (!isFirst || milliseconds === 0) this.#hurry()
    })
  }

  /**
   * Accepts no more, ends streams, and each connection once nothing runs on it: at once where nothing does; and once its
   * reader takes nothing. Each in time before the `deadline`, in milliseconds, when all is cut.
   */
  end(deadline: number): Promise<void> {
    this.#grace = Math.min(longestGrace, deadline / 2, this.#grace)
    this.#stall = Math.min(longestStall, deadline / 4, this.#stall)
    for (const running of this.#running) running.end(this.#grace)
    for (const [socket, { running }] of this.#open) if (running > 0) socket.setTimeout(this.#patience)
    this.#ended ??= new Promise<void>((resolve, reject) => {
      // Node takes those for idle whose answer has ended, though most of it may not have left yet.
      this.#server.closeIdleConnections = () => undefined
      this.#server.close(error => {
        clearInterval(this.#clock)
        if (error) reject(error)
        else resolve()
      })
      // Those on which no request came too, for whose headers Node would wait.
      for (const [socket, { running }] of this.#open) if (running === 0) socket.destroy()
    })
    return this.#ended
  }

  cut(): void {
    for (const socket of this.#open.keys()) socket.destroy()
  }
}
