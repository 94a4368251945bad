// The log of requests: one line for each, in the Common Log Format of web servers or in JSON, or a call of a logger.

import { visibleJson, visibleLine } from '../../../lib/terminal-text.js'
import type { Log } from '../../core/context/log.js'
import type { RequestEntry } from './entries.js'

/** `common` and `json` are written to the process's standard output. */
export type RequestLog = 'common' | 'json' | Log

/** Levels, by the requests that are logged: none, 500 and more, 400 and more, or all. */
export const logLevels = ['silent', 'error', 'warn', 'info'] as const
export type LogLevel = (typeof logLevels)[number]

const levelOf = (status: number): Exclude<LogLevel, 'silent'> =>
  status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info'

/** Is a request of that status to be logged at a level? */
export const isLogged = (status: number, level: LogLevel): boolean =>
  logLevels.indexOf(levelOf(status)) <= logLevels.indexOf(level)

/** Writes a request to the log. What a logger gives back may be a promise. */
export function write(log: RequestLog, entry: RequestEntry): unknown {
  if (log === 'common') return process.stdout.write(`${commonLine(entry, new Date())}\n`)
  if (log === 'json') return process.stdout.write(`${jsonLine(entry, new Date())}\n`)
  const level = levelOf(entry.status)
  return 'child' in log ? log[level](fieldsOf(entry), summaryOf(entry)) : log[level](summaryOf(entry))
}

const summaryOf = ({ method, path, status, milliseconds }: RequestEntry) =>
  visibleLine(`${method} ${path} ${status} ${milliseconds.toFixed(1)} ms`)

/** For loggers that write objects. What is not known is left out. */
function fieldsOf({ trace, milliseconds, ...entry }: RequestEntry): Record<string, unknown> {
  const fields = { ...entry, milliseconds: Math.round(milliseconds * 1000) / 1000, traceId: trace?.traceId }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

export const jsonLine = (entry: RequestEntry, at: Date): string =>
  visibleJson(JSON.stringify({ time: at.toISOString(), ...fieldsOf(entry) }))

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (number: number) => String(number).padStart(2, '0')

/**
 * `127.0.0.1 - tef [10/Oct/2026:13:55:36 +0000] "POST /User/…/message HTTP/1.1" 200 326`, in UTC; what is no visible
 * ASCII is escaped, as Apache does it, so that nobody can write a line of their own.
 * https://httpd.apache.org/docs/2.4/logs.html#common
 */
export function commonLine(entry: RequestEntry, at: Date): string {
  const day = `${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}`
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
  const request = `"${quoted(`${entry.method} ${entry.path} HTTP/${entry.version}`)}"`
  const user = entry.user === undefined ? '-' : quoted(entry.user).replaceAll(' ', '\\x20') || '-'
  return `${entry.address ?? '-'} - ${user} [${day}:${time}] ${request} ${entry.status} ${entry.bytes || '-'}`
}

const quoted = (text: string) =>
  text.replace(/["\\]|[^ -~…]/g, char =>
    char === '"' || char === '\\'
      ? `\\${char}`
      : [...new TextEncoder().encode(char)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  )
