// The handler: any request gets an answer of a status that is in the table, in a body that its type says how to
// read. None is an accident of ours, and none gives away what is not shown.

import { codecs } from '../../lib/codecs.js'
import { mediaTypeOf } from '../../lib/negotiate.js'
import { Fault } from '../../lib/values/fault.js'
import { ItemStream } from '../../lib/values/stream.js'
import type { Router } from '../../server/index.js'
import { accidents, makeRouter, secret } from './application.js'
import { parseRequest, requests, writeRequest } from './requests.js'
import { Finding, fromLatin1, latin1, type Target } from './target.js'

const origin = 'http://fuzz.example'

/** All that a server may answer by itself. Not 500: the application throws nothing. */
export const statuses: ReadonlySet<number> = new Set([
  ...[200, 201, 204, 303, 304, 307],
  ...[400, 403, 404, 405, 406, 408, 409, 413, 414, 415, 421, 422, 431, 503],
])

/** The request that bytes stand for; undefined where the platform refuses to make one, as its parser would. */
function requestOf(bytes: Uint8Array): Request | undefined {
  const { method, path, headers, body } = parseRequest(bytes)
  try {
    const allowed = new Headers()
    for (const [name, value] of headers) allowed.append(name, value)
    const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD'
    const url = `${origin}${path.startsWith('/') ? '' : '/'}${path}`
    return new Request(url, { method, headers: allowed, ...(hasBody ? { body } : {}) } as RequestInit)
  } catch {
    return undefined
  }
}

async function check(router: Router, bytes: Uint8Array): Promise<void> {
  const request = requestOf(bytes)
  if (request === undefined) return
  accidents.length = 0
  const response = await router.fetch(request)
  const body = new Uint8Array(await response.arrayBuffer())
  // Streams that nobody waits for may fail after their answer.
  await new Promise(resolve => setImmediate(resolve))
  const { status, headers } = response
  const [accident] = accidents
  if (accident !== undefined) throw new Finding('accident', String(accident), { cause: accident })
  if (!statuses.has(status)) throw new Finding('status', `${status}: ${fromLatin1(body.slice(0, 300))}`)
  const bare = request.method === 'HEAD' || [204, 303, 304, 307].includes(status)
  if (bare && body.length > 0) throw new Finding('a body where none may be', `${status}`)
  const location = headers.get('location')
  if (location !== null && new URL(location, request.url).origin !== origin) {
    throw new Finding('location', location)
  }
  if (location !== null && status !== 307) await leadsSomewhere(router, new URL(location, request.url))
  if (fromLatin1(body).includes(secret)) throw new Finding('secret', fromLatin1(body))
  if (!bare) await readable(body, mediaTypeOf(headers.get('content-type')), status)
}

/** A URL that was given out is found. */
async function leadsSomewhere(router: Router, url: URL): Promise<void> {
  const { status } = await router.fetch(new Request(url))
  if (status !== 200) throw new Finding('a location that leads nowhere', `${status} at ${url}`)
  const [accident] = accidents
  if (accident !== undefined)
    throw new Finding('accident at a location', String(accident), { cause: accident })
}

async function readable(body: Uint8Array, type: string, status: number): Promise<void> {
  const codec = codecs.get(type)
  if (codec === undefined) {
    // People get a page of HTML.
    if (status >= 400 && type !== 'text/html') throw new Finding('an error of a type of its own', type)
    return
  }
  let value: unknown
  try {
    value = codec.decode(body, { baseUrl: `${origin}/a/b` })
    if (value instanceof ItemStream) for await (const item of value) void item
  } catch (cause) {
    throw new Finding('an answer that cannot be read', fromLatin1(body), { cause })
  }
  if (status >= 400 && !(value instanceof Fault))
    throw new Finding('an error without a Fault', fromLatin1(body))
}

/** The paths of a few objects, as their server gives them. */
export async function objectsOf(router: Router): Promise<string[]> {
  const made = [
    ['User', { id: 'bob' }],
    ['User', { id: 'bob', note: 'x' }],
    ['User', { id: '' }],
    ['Box', { name: 'box' }],
    ['admin/deep/Account', { id: 'eve' }],
  ] as const
  const paths: string[] = []
  for (const [name, args] of made) {
    const headers = { 'content-type': 'application/json' }
    const url = `${origin}/${name}/`
    const response = await router.fetch(
      new Request(url, { method: 'POST', headers, body: JSON.stringify(args) }),
    )
    paths.push(new URL(response.headers.get('location') as string, url).pathname)
  }
  return paths
}

const wordsOf = (objects: readonly string[]): Uint8Array[] =>
  [
    ...objects,
    ...[
      'GET ',
      'POST ',
      'PUT ',
      'accept: ',
      'content-type: ',
      'method: ',
      'if-none-match: ',
      'range: ',
      '\n\n',
      '?',
    ],
    ...[
      '%2e%2e/',
      '%00',
      '%',
      '//',
      '/../',
      '__proto__',
      'constructor',
      'erase',
      '_internal',
      '_pipeline',
      'toString',
    ],
    ...codecs.keys(),
  ].map(latin1)

export async function handlerTarget(): Promise<Target> {
  const router = makeRouter()
  const objects = await objectsOf(router)
  const seeds = ['/', '/admin/', '/echo/', ...objects, ...objects.map(path => `${path}bio`)]
  return {
    name: 'handler',
    seeds: seeds.map(path => writeRequest({ method: 'GET', path, headers: [], body: new Uint8Array(0) })),
    words: wordsOf(objects),
    fresh: seed => requests(objects, seed),
    check: input => check(router, input),
  }
}
