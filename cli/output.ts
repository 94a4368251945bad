// The output: standard output, or a file that has its name only once it is whole.

import { createWriteStream, type WriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { OutputClosed } from './exit-codes.js'
import { tell, tellBytes } from './terminal.js'

export interface Output {
  readonly terminal: boolean
  /** Resolves when there is room for more. Rejects with OutputClosed where nobody reads, or Node's error. */
  write(data: string | Uint8Array): Promise<void>
  /** Keeps what was written. */
  end(): Promise<void>
  /** Leaves nothing behind that is not whole. */
  abandon(): Promise<void>
}

/** Standard output for undefined and `-`. */
export async function outputTo(path: string | undefined): Promise<Output> {
  return path === undefined || path === '-' ? standardOutput() : fileOutput(path)
}

/** The error of standard output, which is told once, to no writer in particular. */
let broken: Error | undefined
let listening = false

function standardOutput(): Output {
  const { stdout } = process
  if (!listening) {
    listening = true
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      broken = error.code === 'EPIPE' ? new OutputClosed('nobody reads the output') : error
    })
  }
  const nothing = async () => undefined
  return {
    terminal: stdout.isTTY === true,
    async write(data) {
      const write = (done: () => void) =>
        typeof data === 'string' ? tell(data, done) : tellBytes(data, done)
      if (broken === undefined) await new Promise<void>(write)
      if (broken !== undefined) throw broken
    },
    end: nothing,
    abandon: nothing,
  }
}

async function fileOutput(path: string): Promise<Output> {
  // A device or a pipe is written to as it is; a file under another name first.
  const special = await stat(path).then(
    status => !status.isFile(),
    () => false,
  )
  const place = special ? path : `${path}.${process.pid}.part`
  let stream: WriteStream | undefined
  const opened = () => (stream ??= createWriteStream(place, { flags: special ? 'w' : 'wx' }))
  return {
    terminal: false,
    write: data =>
      new Promise((resolve, reject) => opened().write(data, error => (error ? reject(error) : resolve()))),
    async end() {
      await finished(opened().end())
      if (!special) await rename(place, path)
    },
    async abandon() {
      if (stream === undefined) return
      stream.destroy()
      await finished(stream).catch(() => undefined)
      if (!special) await rm(place, { force: true })
    },
  }
}
