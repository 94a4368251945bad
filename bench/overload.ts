// Goodput against offered load, open loop: `npx tsx bench/overload.ts [-- --seconds 5 --write]`. Requests are sent
// when they are due, whether or not earlier ones have been answered, as by many clients that know nothing of each
// other; once with the limits that a server has by default, once with none.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Router, type ServeOptions, safe, serve } from '../server/index.js'
import { writeSection } from './sections.js'
import { quantile } from './statistics.js'
import { mebibytes, number, render, type Table } from './table.js'

/** CPU that a call takes: 2 ms, so that one generator can offer ten times what one server does. */
const callTime = 2
/** An answer that comes later than this is no use to anybody. */
const patience = 1000
/** Open before the load comes, as those of a proxy are: Node accepts one new connection a turn, and others wait in the kernel. */
const connections = 1000
const factors = [0.5, 1, 2, 5, 10]

/** The server, as a process of its own: its port, then its peak of resident memory whenever it is asked. */
async function runServer(limits: NonNullable<ServeOptions['limits']>): Promise<void> {
  const work = safe(() => {
    for (const end = performance.now() + callTime; performance.now() < end; );
    return 'done'
  })
  const server = await serve(new Router({ work }), {
    port: 0,
    // All load is of one address.
    limits: { addressShare: 1, sendingShare: 1, ...limits },
  })
  let peak = 0
  setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 20).unref()
  process.on('message', () => {
    process.send?.(peak)
    peak = 0
  })
  process.once('disconnect', () => void server.close(0))
  process.send?.(server.port)
}

interface Tally {
  sent: number
  good: number
  late: number
  shed: number
  /** Milliseconds of what was answered with 200. */
  readonly times: number[]
}

/** Requests by hand: what undici costs a request would leave nothing for the server. */
class Generator {
  readonly #port: number
  readonly #free: Socket[] = []
  readonly #sockets = new Set<Socket>()
  tally: Tally = { sent: 0, good: 0, late: 0, shed: 0, times: [] }

  constructor(port: number) {
    this.#port = port
  }

  send(due: number): void {
    const { tally } = this
    tally.sent++
    const socket = this.#free.pop() ?? this.#connect()
    if (socket === undefined) return
    socket.once('data', (chunk: Buffer) => {
      const status = chunk.toString('latin1', 9, 12)
      const time = performance.now() - due
      if (status === '503') tally.shed++
      else {
        tally.times.push(time)
        if (time <= patience) tally.good++
        else tally.late++
      }
      this.#free.push(socket)
    })
    socket.write('GET /work/ HTTP/1.1\r\nHost: localhost\r\n\r\n')
  }

  #connect(): Socket | undefined {
    if (this.#sockets.size >= connections) return undefined
    const socket = connect(this.#port, '127.0.0.1').setNoDelay()
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      const at = this.#free.indexOf(socket)
      if (at >= 0) this.#free.splice(at, 1)
    })
    return socket
  }

  /** Opens all connections, and has each answered once. */
  async open(): Promise<void> {
    while (this.#sockets.size < connections) {
      const socket = this.#connect() as Socket
      socket.write('GET /none/ HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await once(socket, 'data')
      this.#free.push(socket)
    }
  }

  /** Closes what is open. */
  end(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Offers so many requests a second for a time. */
  async offer(rate: number, seconds: number): Promise<Tally> {
    this.tally = { sent: 0, good: 0, late: 0, shed: 0, times: [] }
    const { tally } = this
    const start = performance.now()
    for (;;) {
      const elapsed = performance.now() - start
      if (elapsed >= seconds * 1000) break
      while (tally.sent < (elapsed / 1000) * rate) this.send(start + (tally.sent / rate) * 1000)
      await sleep(2)
    }
    return tally
  }

  /** Milliseconds until three requests in a row are answered with 200 within 50 ms each. */
  async recovery(): Promise<number> {
    const start = performance.now()
    for (let well = 0; well < 3 && performance.now() - start < 30_000; ) {
      const before = performance.now()
      const response = await fetch(`http://127.0.0.1:${this.#port}/work/`).catch(() => undefined)
      await response?.arrayBuffer()
      well = response?.status === 200 && performance.now() - before < 50 ? well + 1 : 0
    }
    return performance.now() - start
  }
}

/** What the server does when it is never idle, in calls a second. */
async function capacity(port: number): Promise<number> {
  const generator = new Generator(port)
  const end = performance.now() + 3000
  for (let sent = 0; performance.now() < end; await sleep(1)) {
    const answered = generator.tally.times.length
    while (sent - answered < 16) {
      generator.send(performance.now())
      sent++
    }
  }
  generator.end()
  return generator.tally.times.length / 3
}

async function peakOf(server: ChildProcess): Promise<number> {
  server.send('peak')
  return (await once(server, 'message'))[0] as number
}

async function measure(title: string, setting: 'limits' | 'none', seconds: number): Promise<Table> {
  const server = fork(fileURLToPath(import.meta.url), ['serve', setting])
  const [port] = (await once(server, 'message')) as [number]
  const rows: string[][] = []
  for (const factor of factors) {
    const generator = new Generator(port)
    // Each time anew, since what else the machine does changes.
    const most = await capacity(port)
    await generator.open()
    await peakOf(server)
    const tally = await generator.offer(most * factor, seconds)
    const { sent, good, late, shed } = { ...tally }
    const recovery = await generator.recovery()
    generator.end()
    const times = tally.times.sort((one, other) => one - other)
    rows.push([
      `${factor} ×`,
      number(sent / seconds),
      number(good / seconds),
      number(good / seconds / most),
      number(quantile(times, 0.5)),
      number(quantile(times, 0.99)),
      number(shed / seconds),
      number((sent - good - late - shed) / seconds),
      mebibytes(await peakOf(server)),
      number(recovery),
    ])
    console.error(rows.at(-1)?.join(' | '))
    await sleep(500)
  }
  server.disconnect()
  const columns = [
    'load',
    'offered/s',
    'goodput/s',
    '÷ capacity',
    'p50 ms',
    'p99 ms',
    'shed/s',
    'unanswered/s',
    'peak RSS MiB',
    'recovery ms',
  ]
  return { title, columns, rows }
}

const [role, setting] = process.argv.slice(2)
if (role === 'serve') {
  const unlimited = { requests: Number.POSITIVE_INFINITY, queueTime: Number.POSITIVE_INFINITY }
  await runServer(setting === 'none' ? unlimited : {})
} else {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '5' }, write: { type: 'boolean', default: false } },
  })
  const seconds = Number(values.seconds)
  const tables = [
    await measure('with the limits of `serve`', 'limits', seconds),
    await measure('without `requests` and `queueTime`', 'none', seconds),
  ]
  const note = [
    `Calls that take ${callTime} ms of CPU, offered at a fixed rate for ${seconds} s, open loop, over`,
    `${connections} connections that are open; \`npx tsx bench/overload.ts --write\`. Goodput counts answers within ${patience} ms of`,
    'when their request was due; p50 and p99 are those of all that were accepted; recovery is the time after the load until three',
    'calls in a row take less than 50 ms each.',
  ].join(' ')
  const text = `${note}\n\n${tables.map(render).join('\n')}`
  console.log(text)
  if (values.write) console.log(`Written to ${writeSection('Overload', text)}`)
}
