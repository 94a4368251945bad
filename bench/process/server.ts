// The server's process: `server.js PEER`. Says its URL, then answers what it has used.

import type { ServerModule } from '../peer.js'
import { answer, type Request } from './messages.js'
import { collect, resetPeak, usage } from './usage.js'

const [name] = process.argv.slice(2)
const { serve } = (await import(`../peers/${name}/server.js`)) as ServerModule

answer(async (request: Request) => {
  if (request.do !== 'usage') throw new Error(`a server does not do ${request.do}`)
  if (request.collect) await collect()
  if (request.reset) resetPeak()
  return usage()
})
process.send?.({ value: await serve() })
