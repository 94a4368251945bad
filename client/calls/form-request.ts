// From a form and its arguments to a request, by method and envelope (spec/protocol.md, "Forms"). Nothing is sent here.

import { text } from '../../lib/codecs.js'
import { Form } from '../../lib/values/nodes.js'
import { bounded } from '../exchange/deadline.js'
import type { CallRequest } from '../exchange/exchange.js'
import type { Origin } from '../exchange/session.js'
import { requireAddress } from './address.js'
import { blobBody } from './blob-body.js'
import { type Encoded, encode, type Wait } from './encoded-arguments.js'
import type { FormArguments } from './form-arguments.js'
import { headersOf } from './node-headers.js'

/** A call whose request is built. */
export interface Submission {
  /** Its name in messages. */
  readonly label: string
  /** The origin of its link or form. */
  readonly origin: Origin
  /** The time at which it was asked for, if that is limited (deadline.ts). */
  readonly begun: number | undefined
}

const defaultEnvelopes: Readonly<Record<string, string>> = {
  GET: 'query',
  POST: 'form',
  PUT: 'blob',
  PATCH: 'blob',
  DELETE: 'none',
}

/** The envelopes of each method. */
const possible: Readonly<Record<string, readonly string[]>> = {
  GET: ['none', 'query'],
  POST: ['none', 'form', 'blob'],
  PUT: ['form', 'blob'],
  PATCH: ['form', 'blob'],
  DELETE: ['none', 'query', 'form', 'blob'],
}

/**
 * Waits for promises among the arguments, as long as the call may take. Throws TypeError for a form that cannot be sent.
 */
export async function formRequest(
  form: Form,
  args: FormArguments,
  submission: Submission,
): Promise<CallRequest> {
  const { label, origin, begun } = submission
  const { method } = form
  const url = requireAddress(form, label)
  const wait: Wait = promise =>
    bounded(promise, { session: origin.session, begun }, { method, url, sent: 'no' })
  const headers = headersOf(form, label)
  const envelope = form.envelope ?? defaultEnvelopes[method] ?? ''
  // Servers of 2012 resolve the URLs in arguments against nothing.
  const from = origin.codec === text ? undefined : url
  const again = (next: string) => formRequest(new Form({ ...form.given, url: next }), args, submission)
  if (!possible[method]?.includes(envelope)) {
    throw new TypeError(`${label}: cannot send a ${method} with the envelope "${envelope}"`)
  }
  switch (envelope) {
    case 'none':
      if (args.size > 0) throw new TypeError(`${label} takes no arguments`)
      return method === 'POST' ? { method, url, headers, body: new Uint8Array(0) } : { method, url, headers }
    case 'query': {
      if (args.size === 0) return { method, url, headers }
      const { bytes, relative } = await encode(text, args, from, wait)
      return { method, url: withQuery(url, bytes), headers, ...(relative && { again }) }
    }
    case 'blob': {
      const content = await blobBody(label, args, wait)
      return { method, url, headers: { ...headers, ...content.headers }, body: content.body }
    }
    default: {
      const { codec } = origin
      // In the text of 2012 an ordered dict; elsewhere a dict does, which is shorter.
      const value = codec === text ? args : Object.fromEntries(args)
      const { bytes: body, relative } = await encode(codec, value, from, wait)
      const sent = { ...headers, 'content-type': codec.type, ...lengthOf(body) }
      return { method, url, headers: sent, body, ...(relative && { again }) }
    }
  }
}

const lengthOf = (body: Encoded['bytes']): Record<string, string> =>
  body instanceof Uint8Array ? { 'content-length': String(body.length) } : {}

/** The arguments as an ordered dict in the text of 2012, percent-encoded: it holds no raw `=`. */
function withQuery(url: string, bytes: Encoded['bytes']): string {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('a blob cannot travel in a URL')
  let query = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    query += /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  const target = new URL(url)
  target.search = query
  return target.href
}
