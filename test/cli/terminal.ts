// The command on a terminal of its own: Python's pty module between it and pipes.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import type { Program } from './program.js'

const relay = 'import pty, sys, os; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'

export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #ended: Promise<unknown[]>
  #seen = ''
  #asked = 0

  constructor(python: string, program: Program, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(python, ['-c', relay, process.execPath, program.main, ...words], {
      cwd: program.folder,
      env: { ...process.env, TERM: 'xterm', NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
    })
    this.#ended = once(this.#child, 'close')
    this.#child.stdout.setEncoding('utf8').on('data', text => (this.#seen += text))
    this.#child.stdin.on('error', () => undefined)
  }

  /** Everything that was shown, as it came. */
  get raw(): string {
    return this.#seen
  }

  get shown(): string {
    return stripVTControlCharacters(this.#seen).replaceAll('\r', '')
  }

  type(text: string): void {
    this.#asked = this.shown.length
    this.#child.stdin.write(text)
  }

  /** Waits until this was shown since something was last typed. Throws what was shown instead. */
  async until(text: string): Promise<string> {
    const deadline = Date.now() + 45_000
    while (!this.shown.slice(this.#asked).includes(text)) {
      if (Date.now() > deadline || this.#child.exitCode !== null)
        throw new Error(`${JSON.stringify(text)} was not shown, but:\n${this.shown.slice(this.#asked)}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    return this.shown.slice(this.#asked)
  }

  /** The exit code, once it has ended by itself. */
  async end(): Promise<number> {
    const [code] = await this.#ended
    return code as number
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}
