// Following links and submitting forms: from a node and arguments to the result of the call (spec/protocol.md, "Forms").

import { Form, Link } from '../../lib/values/nodes.js'
import { RemoteError } from '../errors.js'
import { type CallRequest, exchange } from '../exchange/exchange.js'
import type { Origin } from '../exchange/session.js'
import { isFresh } from '../transport/freshness.js'
import { requireAddress } from './address.js'
import { argumentsFor, type FormArguments } from './form-arguments.js'
import { formRequest, type Submission } from './form-request.js'
import { headersOf } from './node-headers.js'
import type { Action } from './step.js'

/**
 * Does the call of a step. Throws TypeError, before anything is sent, for arguments that the node does not take.
 * `begun` is the time at which the call was asked for, where it counts (deadline.ts).
 */
export async function submit(
  { node, label, parameters, origin }: Extract<Action, { kind: 'call' }>,
  begun?: number,
): Promise<unknown> {
  const submission = { label, origin, begun }
  if (node instanceof Link) {
    if (parameters.length > 0) throw new TypeError(`${label} takes no arguments`)
    if (node.inline && isStillFresh(node, origin)) return node.content
    const request = linkRequest(node, label)
    return unlessUnsafe(request, request.url, new Map(), submission)
  }
  const args = argumentsFor(node, label, parameters, origin.codec)
  const request = await formRequest(node, args, submission)
  return unlessUnsafe(request, requireAddress(node, label), args, submission)
}

function linkRequest(node: Link, label: string): CallRequest {
  const method = node.method.toUpperCase()
  if (method !== 'GET') throw new TypeError(`${label}: cannot follow a link by ${JSON.stringify(method)}`)
  return { method, url: requireAddress(node, label), headers: headersOf(node, label) }
}

/**
 * Sends a request; as a POST to `url` where a GET is answered with 405. A function that is safe on a page need not be
 * so at a server of another release, behind the same address: with that answer it has done nothing.
 */
async function unlessUnsafe(
  request: CallRequest,
  url: string,
  args: FormArguments,
  submission: Submission,
): Promise<unknown> {
  const { origin, begun } = submission
  try {
    return await exchange(origin.session, request, origin, begun)
  } catch (error) {
    if (request.method !== 'GET' || !wantsPost(error, request.url)) throw error
    const form = await formRequest(new Form({ url }), args, submission)
    return exchange(origin.session, form, origin, begun)
  }
}

function wantsPost(error: unknown, url: string): boolean {
  if (!(error instanceof RemoteError) || error.code !== 'method_not_allowed' || error.url !== url)
    return false
  const { allow } = error.details
  return Array.isArray(allow) && allow.includes('POST')
}

/** The content that came with a page is the result while it is fresh; without a `max-age`, for good. */
function isStillFresh({ given }: Link, { drawn }: Origin): boolean {
  const maxAge = given['max-age']
  return typeof maxAge !== 'number' || isFresh({ born: drawn, lifetime: maxAge * 1000 })
}
