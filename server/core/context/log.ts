// Where a server writes, and how errors are written there.

import { inspect } from 'node:util'
import { attempt, dropped, ignored } from '../../../lib/promises.js'
import { visible, visibleLine } from '../../../lib/terminal-text.js'

/** Where a server writes what people should know. `console` is one, so is pino. */
export interface Log {
  error(...parameters: unknown[]): void
  warn(...parameters: unknown[]): void
  info(...parameters: unknown[]): void
}

/**
 * Writes an error: as `console` does, or as pino and its kin want it, with what else is known of it. Never throws: a log
 * that fails is told of on the console, where that is another.
 */
export function report(log: Log, message: string, error: unknown, known: object = {}): void {
  // Code may have thrown whatever it had.
  dropped(error)
  const write = (to: Log) =>
    'child' in to
      ? to.error({ err: error, ...known }, message)
      : to.error(`${visibleLine(message)}:`, to === console ? harmless(error) : error)
  attempt(
    () => write(log),
    problem => {
      if (log === console) return
      attempt(() => console.error('the log failed:', problem), ignored)
      attempt(() => write(console), ignored)
    },
  )
}

/** What a caller has brought into an error's message, for a console that may be a terminal. */
function harmless(error: unknown): unknown {
  const text = inspect(error)
  const shown = visible(text)
  return shown === text ? error : shown
}
