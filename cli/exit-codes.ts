// The end of the command: the exit code for an error, and its words for people.

import { inspect } from 'node:util'
import { NetworkError, RemoteError } from '../client/errors.js'
import { DecodeError, EncodeError } from '../lib/errors.js'

/** The meaning of each exit code, for `--help` and spec/command-line.md. */
export const exitCodes: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'the server answered with an error, or a piped line failed',
  2: 'the command line is wrong: an option, a name that the page lacks, an argument',
  3: 'no answer: the server was not reached, broke off, or took longer than --timeout',
  4: 'an answer that cannot be read',
  5: 'a file here cannot be read or written, or a module not be served',
  130: 'interrupted',
}

/** The command line is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A file here, or a module to serve. */
export class LocalError extends Error {
  override readonly name = 'LocalError'
}

/** A line of standard input failed, for any reason. */
export class LineError extends Error {
  override readonly name = 'LineError'
}

/** Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** The reader of the output has gone, as `head` does. The code is that of a program that SIGPIPE ends. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return 130
  if (error instanceof OutputClosed) return 141
  if (error instanceof RemoteError || error instanceof LineError) return 1
  if (error instanceof NetworkError) return 3
  if (error instanceof DecodeError) return 4
  if (error instanceof LocalError || (error instanceof Error && 'syscall' in error)) return 5
  // TypeErrors are the client's, about names and arguments; an EncodeError is about an argument too.
  return error instanceof UsageError || error instanceof TypeError || error instanceof EncodeError ? 2 : 5
}

/** The usual troubles with files, in words. */
const troubles: Readonly<Record<string, string>> = {
  ENOENT: 'there is no',
  EACCES: 'no right to use',
  EISDIR: 'a directory, not a file:',
  ENOSPC: 'no room left for',
}

function messageOf(error: Error): string {
  const { code = '', path } = error as NodeJS.ErrnoException
  const trouble = path === undefined ? undefined : troubles[code]
  return trouble === undefined ? error.message || code || error.name : `${trouble} ${path}`
}

/** The words for a person: a message, the server's details, and advice. */
export function describeError(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return String(error)
  const lines = [messageOf(error)]
  if (error instanceof RemoteError) {
    if (Object.keys(error.details).length > 0) lines.push(`  ${inspect(error.details, { depth: 5 })}`)
    if (error.status === 401) {
      const session = error.details.login === undefined ? '' : ', such as the cookie of a login'
      lines.push(`  --user NAME:PASSWORD or --header says who you are${session}.`)
    }
    if (error.status === 422)
      lines.push('  Arguments are text where the page does not say otherwise: name:=5 sends a number.')
  }
  if (verbose) lines.push(inspect(error))
  return lines.join('\n')
}
