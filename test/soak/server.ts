// A server of the soak: `server TEMPORARY-DIRECTORY [URL-OF-THE-OTHER]`. Says its URL, then answers what it holds.

import { serve } from '../../index.js'
import { apiOf } from './api.js'
import { type Vitals, vitals } from './vitals.js'

export interface ServerReport {
  readonly vitals: Vitals
  /** Accidents in the log that nobody asked for, by their message. */
  readonly accidents: Readonly<Record<string, number>>
}

const [, , temporaryDirectory = '', farUrl] = process.argv
const accidents: Record<string, number> = {}

const log = {
  error(...parameters: unknown[]) {
    const line = parameters
      .map(part => (part instanceof Error ? (part.stack ?? part.message) : part))
      .join(' ')
    if (line.includes('an accident that was asked for')) return
    const kind = line.replace(/[0-9a-f]{8,}(-[0-9a-f]+)*/g, '…').slice(0, 1000)
    accidents[kind] = (accidents[kind] ?? 0) + 1
  },
  warn: (...parameters: unknown[]) => log.error(...parameters),
  info: () => undefined,
}

async function main(): Promise<void> {
  const server = await serve(apiOf({ farUrl, temporaryDirectory, log }), { port: 0 })
  process.on('message', async () => {
    process.send?.({ vitals: await vitals(temporaryDirectory), accidents } satisfies ServerReport)
  })
  process.on('disconnect', () => void server.close(1000))
  process.send?.(server.url)
}

void main()
