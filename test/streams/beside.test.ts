// Blobs in the answers of a turn: their pieces travel beside the answers of other calls, and nothing comes between the
// parts of one.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { type Blob, get, local } from '../../client/index.js'
import { blob, Router, serve } from '../../server/index.js'

const router = new Router(
  {
    add: async (id: string) => {
      await sleep(1)
      return id
    },
    download: (size: number) => blob(new Uint8Array(size).fill(7)),
    slowly: (size: number) =>
      blob(
        (async function* () {
          for (let left = size; left > 0; left -= 5000) {
            await sleep(1)
            yield new Uint8Array(Math.min(left, 5000)).fill(7)
          }
        })(),
      ),
  },
  { pipeline: true },
)
const server = await serve(router, { port: 0 })
afterAll(() => server.close(0))

// Below and above the size from which a piece goes out in two parts, and of several pieces.
const sizes = [0, 100, 4096, 65_536, 200_000, 1_000_000]

test.each(sizes.flatMap(size => (['download', 'slowly'] as const).map(name => [name, size] as const)))(
  '%s of %i bytes arrives whole among other answers of its turn',
  async (name, size) => {
    for (const api of [
      await get<typeof router>(server.url),
      await get<typeof router>('http://local/', { transport: local(router) }),
    ]) {
      const lengths = async (call: PromiseLike<Blob>) => {
        const bytes = await (await call).bytes()
        return bytes.every(byte => byte === 7) ? bytes.length : 'other bytes'
      }
      const before = Array.from({ length: 10 }, (_, index) => api.add(`before ${index}`))
      const blobs = [lengths(api[name](size)), lengths(api[name](size))]
      const after = Array.from({ length: 10 }, (_, index) => api.add(`after ${index}`))
      expect(await Promise.all(blobs)).toEqual([size, size])
      expect((await Promise.all([...before, ...after])).length).toBe(20)
    }
  },
)
