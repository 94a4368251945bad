// The target of a request, before anybody looks for it: one host, and a path in the one spelling that a guard of paths
// in front of this server has seen as well (RFC 9112 3.2 and 7.2; spec/security.md, "Paths").

import type { IncomingMessage } from 'node:http'
import { Fault } from '../../../lib/values/fault.js'

const malformed = (problem: string) => new Fault(problem, { code: 'malformed' })

/** A segment that leads to where it stands, or up, however its dots are written. */
const dots = /\/(?:\.|%2e){1,2}(?:[/?]|$)/i

/** The Fault of a request that cannot be for this server; undefined where it can. */
export function targetFault({
  url = '',
  method,
  headers,
  rawHeaders,
  httpVersionMinor,
}: Pick<IncomingMessage, 'url' | 'method' | 'headers' | 'rawHeaders' | 'httpVersionMinor'>):
  | Fault
  | undefined {
  const { host } = headers
  if (host === undefined) {
    if (httpVersionMinor > 0) return malformed('a request without a Host')
  } else if (isRepeated(rawHeaders)) return malformed('a request with more than one Host')
  else if (!isHost(host)) return malformed('the Host is none')
  if (url[0] !== '/') {
    const wrong = absoluteFault(url, host)
    if (wrong !== undefined) return wrong
  }
  // The text behind it, one server drops, and another reads.
  if (url.includes('#')) return malformed('a target with a fragment')
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  if (path.includes('\\')) return malformed(`a backslash in the path of a ${method}`)
  return path.includes('/.') || path.includes('/%2') ? dotsFault(path) : undefined
}

/** Most requests are to the same one. */
let lastHost: string | undefined

/**
 * A host as URLs have it, perhaps with a port, and nothing else: what is read in another way than it is written is none.
 * The adapter knows no others, and says nothing but 400 to them.
 */
function isHost(host: string): boolean {
  if (host === lastHost) return true
  const named = `http://${host}`
  if (!/^[^\s/?#@\\]+$/.test(host) || !URL.canParse(named)) return false
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (new URL(named).hostname !== name) return false
  lastHost = host
  return true
}

/** Node keeps the first of them, and says nothing of others. */
function isRepeated(rawHeaders: readonly string[]): boolean {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts > 1
}

const dotsFault = (path: string) =>
  dots.test(path) ? malformed('a path with a segment of dots, which could be read in two ways') : undefined

/** Of a target with a scheme and a host, as proxies are sent: these hold in the place of `Host`, and must agree. */
function absoluteFault(target: string, host: string | undefined): Fault | undefined {
  // In small letters, as everybody writes them: the adapter knows no others.
  if (!/^https?:\/\//.test(target) || !URL.canParse(target)) return malformed('the target is no path')
  const url = new URL(target)
  if (url.username !== '' || url.password !== '') return malformed('the target holds a user')
  const named = `${url.protocol}//${host}`
  if (host === undefined || (URL.canParse(named) && new URL(named).host === url.host)) return undefined
  return new Fault('the target is of another host than the Host', { status: 421, code: 'misdirected' })
}
