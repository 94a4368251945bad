// Ours, with the options that it has by default.

import type { Connect } from '../../peer.js'
import { connectWith } from './calls.js'

export const connect: Connect = url => connectWith(url)

/** Loaded when it is needed: a cold start has no use for it. */
export const connectAlone: Connect = async url => {
  const [{ undici }, { Agent }] = await Promise.all([import('hyperglyph'), import('undici')])
  const dispatcher = new Agent({ connections: 1, keepAliveTimeout: 60_000 })
  return connectWith(url, { transport: undici(dispatcher) })
}
