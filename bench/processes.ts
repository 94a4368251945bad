// A peer at work: its server and its client, each in a process of its own, asked one thing at a time.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PeerName } from './peer.js'
import type { Reply, Request, Slice, Usage } from './process/messages.js'

/** A folder for CPU profiles of every process; none by default. */
export interface ProcessOptions {
  readonly profiles?: string | undefined
}

const built = (name: string) => fileURLToPath(new URL(`./dist/process/${name}.js`, import.meta.url))

class Process {
  readonly #child: ChildProcess

  constructor(
    name: 'server' | 'client',
    args: readonly string[],
    { profiles }: ProcessOptions,
    label: string,
  ) {
    const profiling =
      profiles === undefined
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${label}-${name}.cpuprofile`]
    this.#child = fork(built(name), args, {
      execArgv: ['--expose-gc', ...profiling],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
  }

  /** The next message, which answers the last request or says that the process is there. */
  async reply<T>(): Promise<T> {
    const gone = new AbortController()
    const { signal } = gone
    try {
      const message = once(this.#child, 'message', { signal })
      const end = once(this.#child, 'exit', { signal }).then(([code]) => {
        throw new Error(`a process ended with ${code} before it answered`)
      })
      const [reply] = (await Promise.race([message, end])) as [Reply]
      if ('error' in reply) throw new Error(reply.error)
      return reply.value as T
    } finally {
      gone.abort()
    }
  }

  ask<T>(request: Request): Promise<T> {
    this.#child.send(request)
    return this.reply<T>()
  }

  /** Lets go of the channel, at which the process ends. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000)
    await exit
    clearTimeout(timer)
  }
}

/** What one slice of one peer cost. CPU in microseconds a call, memory in bytes, time as `Slice` has it. */
export interface Measurement extends Slice {
  /** Calls a second. */
  readonly rate: number
  readonly clientCpu: number
  readonly serverCpu: number
  readonly clientPeak: number
  readonly serverPeak: number
}

export class Pair {
  readonly server: Process
  readonly client: Process

  private constructor(server: Process, client: Process) {
    this.server = server
    this.client = client
  }

  static async start(peer: PeerName, label: string, options: ProcessOptions = {}): Promise<Pair> {
    const server = new Process('server', [peer], options, label)
    let client: Process | undefined
    try {
      const url = await server.reply<string>()
      client = new Process('client', [peer, url], options, label)
      await client.reply()
      return new Pair(server, client)
    } catch (error) {
      await Promise.all([server.end(), client?.end()])
      throw error
    }
  }

  /** Runs a workload once; false where the peer has no way to do it. */
  check(workload: string): Promise<boolean> {
    return this.client.ask<boolean>({ do: 'check', workload })
  }

  async slice(workload: string, milliseconds: number): Promise<Measurement> {
    const usages = (reset: boolean) =>
      Promise.all([
        this.client.ask<Usage>({ do: 'usage', reset }),
        this.server.ask<Usage>({ do: 'usage', reset }),
      ])
    const [clientBefore, serverBefore] = await usages(true)
    const slice = await this.client.ask<Slice>({ do: 'slice', workload, milliseconds })
    const [clientAfter, serverAfter] = await usages(false)
    return {
      ...slice,
      rate: (slice.calls / slice.wall) * 1000,
      clientCpu: (clientAfter.cpu - clientBefore.cpu) / slice.calls,
      serverCpu: (serverAfter.cpu - serverBefore.cpu) / slice.calls,
      clientPeak: clientAfter.peak,
      serverPeak: serverAfter.peak,
    }
  }

  async end(): Promise<void> {
    await this.client.end()
    await this.server.end()
  }
}

/** Milliseconds from the start of a client's process to the answer of its first call, at a server as new. */
export async function coldCall(peer: PeerName): Promise<number> {
  const server = new Process('server', [peer], {}, peer)
  let client: Process | undefined
  try {
    const url = await server.reply<string>()
    client = new Process('client', [peer, url, 'cold'], {}, peer)
    return await client.reply<number>()
  } finally {
    await client?.end()
    await server.end()
  }
}
