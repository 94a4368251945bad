// The connection to a server: the URL as people write it, headers, time, and the lines of --verbose about requests.

import { basicAuthorization } from '../client/exchange/basic.js'
import type { Options } from '../client/exchange/options.js'
import { get } from '../client/get.js'
import type { Transport } from '../client/transport/transport.js'
import { defaultTransport, prepare } from '../client/transport/undici.js'
import { visibleLine } from '../lib/terminal-text.js'
import { UsageError } from './exit-codes.js'
import { type CallingOptions, numberOf } from './options.js'
import { say } from './terminal.js'

/** `localhost:8000`, `:8000`, `example.org/api`: http on this machine, else https. Throws UsageError. */
export function urlOf(text: string): URL {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text)
    ? text
    : `${schemeOf(text)}://${text.replace(/^(?=:)/, 'localhost')}`
  if (!URL.canParse(whole) || !/^https?:/i.test(whole)) throw new UsageError(`not an http(s) URL: ${text}`)
  return new URL(whole)
}

const schemeOf = (text: string): string =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])?(?:[:/]|$)/i.test(text) ? 'http' : 'https'

/** The first page, and how further ones are asked for. */
export interface Connection {
  readonly url: string
  readonly options: Options
  page(): Promise<unknown>
}

/** Throws UsageError for options without a meaning. */
export function connectionOf(text: string, options: CallingOptions, signal?: AbortSignal): Connection {
  const url = urlOf(text)
  const headers: Record<string, string> = {}
  const user = options.user ?? userIn(url)
  if (user !== undefined) headers.authorization = basic(user)
  for (const line of options.header ?? []) {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+)\s*:\s*(.*)$/.exec(line) ?? []
    if (name === undefined) throw new UsageError(`--header takes 'Name: value', not ${JSON.stringify(line)}`)
    headers[name.toLowerCase()] = value as string
  }
  url.username = ''
  url.password = ''
  const timeout = options.timeout && Math.round(numberOf('timeout', options.timeout, 0.001, 2_147_483) * 1000)
  const settings: Options = {
    headers,
    ...(timeout ? { timeout } : {}),
    ...(signal === undefined ? {} : { signal }),
    ...(options.verbose ? { transport: telling } : {}),
  }
  const page = async () => {
    // Before the time of the first call begins.
    await prepare()
    return get(url, settings)
  }
  return { url: url.href, options: settings, page }
}

const userIn = ({ username, password }: URL): string | undefined =>
  username === '' ? undefined : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`

function basic(user: string): string {
  if (!user.includes(':')) throw new UsageError('--user takes NAME:PASSWORD')
  return basicAuthorization(user)
}

/** Says each request on standard error, with its whole URL, which can be tried with curl; but no headers. */
const telling: Transport = Object.assign(
  (async request => {
    await prepare()
    const start = performance.now()
    const told = (end: string) => {
      const time = Math.round(performance.now() - start)
      say(`${visibleLine(`${request.method} ${request.url} ${end}`)} (${time} ms)\n`)
    }
    try {
      const response = await defaultTransport(request)
      told(`${response.status} ${response.header('content-type') ?? ''}`.trimEnd())
      return response
    } catch (error) {
      told(error instanceof Error ? error.message : String(error))
      throw error
    }
  }) satisfies Transport,
  defaultTransport,
)
