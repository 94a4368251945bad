// What the nodes of an answer become for the application: pages (page-object.ts), remote functions, or themselves.

import { describeUrl } from '../lib/describe-url.js'
import type { Node } from '../lib/values/fault.js'
import { Form, Link, Page, resolveUrl } from '../lib/values/nodes.js'
import { addressOf } from './calls/address.js'
import { callOf } from './calls/call.js'
import { setHandle } from './calls/handles.js'
import { enqueue } from './calls/queue.js'
import type { Receive } from './exchange/exchange.js'
import type { Origin } from './exchange/session.js'
import { pageOf } from './page-object.js'

/** What the nodes of an answer become: pages, remote functions, or themselves. */
export const receive: Receive = (node: Node, origin: Origin): unknown => {
  if (node instanceof Page) {
    const { pipeline } = node.given
    if (typeof pipeline === 'string') origin.pipeline = pipelineAt(pipeline, node.base)
    return pageOf(node, origin)
  }
  if (node instanceof Link || node instanceof Form) return remoteFunction(node, origin)
  return node
}

/** Undefined for what is no URL: the calls then go one by one. */
function pipelineAt(reference: string, base: string | undefined): string | undefined {
  return URL.canParse(reference, base) ? resolveUrl(reference, base) : undefined
}

type RemoteCall = (...parameters: unknown[]) => object

export function remoteFunction(node: Link | Form, origin: Origin): RemoteCall {
  const call = unnamed((...parameters) => {
    const label = call.name === '' ? describeUrl(addressOf(node) ?? '') : call.name
    const step = enqueue({ kind: 'call', node, label, parameters, origin }, origin, receive)
    return callOf(step)
  })
  setHandle(call, { node, origin })
  return call
}

/** Its name, for messages and the console, is the one that it gets on a page: `User.message`. */
const unnamed = (call: RemoteCall): RemoteCall => call
