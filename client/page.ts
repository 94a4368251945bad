// The objects that an application gets for the nodes of an answer: pages (page-object.ts), remote functions, nodes.

import { describeUrl } from '../lib/describe-url.js'
import type { Node } from '../lib/values/fault.js'
import { Form, Link, Page, resolveUrl } from '../lib/values/nodes.js'
import { addressOf } from './calls/address.js'
import { callOf } from './calls/call.js'
import { setHandle } from './calls/handles.js'
import { enqueue } from './calls/queue.js'
import type { Origin, Receive } from './exchange/session.js'
import { pageOf } from './page-object.js'

/** A page for a Page, a remote function for a Link or Form; other nodes as they are. */
export const receive: Receive = (node: Node, origin: Origin): unknown => {
  if (node instanceof Page) {
    const { pipeline } = node.given
    if (typeof pipeline === 'string') origin.pipeline = pipelineAt(pipeline, node.base)
    return pageOf(node, origin)
  }
  if (node instanceof Link || node instanceof Form) return remoteFunction(node, origin)
  return node
}

/** Undefined for a reference that is no URL: the calls then go one by one. */
function pipelineAt(reference: string, base: string | undefined): string | undefined {
  return URL.canParse(reference, base) ? resolveUrl(reference, base) : undefined
}

type RemoteCall = (...parameters: unknown[]) => object

/** A function whose calls are steps of the turn. */
export function remoteFunction(node: Link | Form, origin: Origin): RemoteCall {
  const call = unnamed((...parameters) => {
    const label = call.name === '' ? describeUrl(addressOf(node) ?? '') : call.name
    return callOf(enqueue({ kind: 'call', node, label, parameters, origin }, origin))
  })
  setHandle(call, { node, origin })
  return call
}

/** The function without the name that a variable would give it: on a page it gets one, such as `User.message`. */
const unnamed = (call: RemoteCall): RemoteCall => call
