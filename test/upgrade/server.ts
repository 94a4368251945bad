// A server of test/upgrade: started before it is needed, it listens when it is told how, and closes when it is told to.

import { serve } from '../../server/index.js'
import { releaseOf, type Surroundings } from './releases.js'

export interface Orders extends Surroundings {
  readonly release: number
  /** 0 takes a free one. */
  readonly port: number
  /** Milliseconds. */
  readonly drain: number
}

process.once('message', async ({ release, port, drain, ...surroundings }: Orders) => {
  const server = await serve(releaseOf(release, surroundings), { port, drain })
  process.once('message', async () => {
    await server.close()
    process.disconnect()
  })
  process.send?.(server.url)
})
