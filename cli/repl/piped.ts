// Lines from a standard input that is no terminal, as they would be typed at the prompt, run one after the other. Not by
// the prompt itself, which would go on after an error, and begin a line before the last one is done.

import type { EventEmitter } from 'node:events'
import { createInterface } from 'node:readline'
import { type REPLServer, Recoverable, start } from 'node:repl'
import { PassThrough, Writable } from 'node:stream'
import { turn } from '../../lib/event-loop.js'
import type { Connection } from '../connection.js'
import { describeError, LineError, OutputClosed } from '../exit-codes.js'
import { consoleOver } from '../terminal.js'
import { enter } from './scope.js'

/**
 * Hands on the results of lines as they come, and tells whether there was any line but empty ones. Throws LineError
 * for the first that fails, and what `print` throws.
 */
export async function runPiped(
  connection: Connection,
  api: unknown,
  print: (value: unknown) => Promise<void>,
  write: (text: string) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const input = process.stdin
  if (input.readableEnded || input.destroyed) return false
  const failures = new Failures()
  const { console, drained } = consoleOver(write, error => failures.tell(error))
  let server: REPLServer | undefined
  let code = ''
  let number = 0
  const told = (error: unknown) => failures.tell(error)
  const left = () => failures.tell(signal.reason)
  // The process ends by itself where nothing is left that a line could be waiting for.
  const stuck = () => failures.tell(new Error('it waits for something that never comes'))
  process.on('unhandledRejection', told).on('beforeExit', stuck)
  signal.addEventListener('abort', left)
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, signal })) {
      number++
      if (code === '' && line.trim() === '') continue
      server ??= evaluator(connection, api, console, told)
      code += `${line}\n`
      const value = await evaluated(server, code, failures).catch(async (error: unknown) => {
        if (error instanceof Recoverable) return unfinished
        await drained()
        throw failed(number, error)
      })
      if (value === unfinished) continue
      code = ''
      await drained()
      if (value !== undefined) await print(value)
    }
    signal.throwIfAborted()
    if (code !== '') throw new LineError(`line ${number}: the input ends within a statement`)
    // No line follows that what went wrong beside the last one could fail.
    await failures.during(turn).catch((error: unknown) => {
      throw failed(number, error)
    })
    return server !== undefined
  } finally {
    process.off('unhandledRejection', told).off('beforeExit', stuck)
    signal.removeEventListener('abort', left)
  }
}

const failed = (line: number, error: unknown): unknown =>
  error instanceof OutputClosed
    ? error
    : new LineError(`line ${line}: ${describeError(error, false)}`, { cause: error })

/** Errors beside the line that runs, such as unhandled rejections: they fail that line, or the next. */
class Failures {
  #fail: ((error: unknown) => void) | undefined
  #late: { readonly error: unknown } | undefined

  tell(error: unknown): void {
    if (this.#fail === undefined) this.#late ??= { error }
    else this.#fail(error)
  }

  /** The result of `run`. Rejects with the first error beside it, too. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await new Promise<T>((resolve, reject) => {
        if (this.#late !== undefined) return reject(this.#late.error)
        this.#fail = reject
        run().then(resolve, reject)
      })
    } finally {
      this.#fail = undefined
    }
  }
}

/** The result of code that goes on in the next line. */
const unfinished = Symbol('unfinished')

/**
 * A prompt that nobody types at. Errors that code throws go to the domain of the prompt; the callback of `eval` gets
 * syntax errors alone.
 */
function evaluator(
  connection: Connection,
  api: unknown,
  console: Console,
  thrown: (error: unknown) => void,
): REPLServer {
  // Two streams: with one, the prompt would read its own output.
  const input = new PassThrough()
  const output = new Writable({ write: (_, __, done) => done() })
  const server = start({ prompt: '', input, output, terminal: false })
  enter(server, api, connection.options)
  server.context.console = console
  // The types of Node do not have its domain.
  const { _domain: domain } = server as REPLServer & { readonly _domain?: EventEmitter }
  domain?.removeAllListeners('error').on('error', thrown)
  return server
}

const evaluated = (server: REPLServer, code: string, failures: Failures): Promise<unknown> =>
  failures.during(
    () =>
      new Promise((resolve, reject) => {
        server.eval(code, server.context, 'stdin', (error, value) => (error ? reject(error) : resolve(value)))
      }),
  )
