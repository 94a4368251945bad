// What sealed URLs cost, and whether the time of a refusal tells what was wrong: `npx tsx bench/sealing.ts`. In process,
// without a socket, where differences are as large as they can be.

import { createSecretKey, randomBytes } from 'node:crypto'
import { Key } from '../server/core/sealing/keys.js'
import { loadSiv } from '../server/core/sealing/siv.js'
import { Router } from '../server/index.js'
import { median, quantile } from './statistics.js'
import { number, render, type Table } from './table.js'

const modes = ['sign', 'encrypt'] as const
const secret = randomBytes(32)

class User {
  constructor(readonly id: string) {}
}

/** Microseconds a call, each the mean of a hundred. */
function timed(rounds: number, run: () => unknown): number[] {
  return Array.from({ length: rounds }, () => {
    const start = performance.now()
    for (let count = 0; count < 100; count++) run()
    return (performance.now() - start) * 10
  })
}

function costs(): Table {
  const header = Uint8Array.of(1)
  const rows = modes.flatMap(mode =>
    [12, 60, 500].map(size => {
      const key = new Key(createSecretKey(secret), mode)
      const body = randomBytes(size)
      const sealed = key.seal('/User/', header, body)
      const seal = timed(200, () => key.seal('/User/', header, body)).slice(50)
      const open = timed(200, () => key.open('/User/', header, sealed)).slice(50)
      return [mode, String(size), number(median(seal)), number(median(open))]
    }),
  )
  const columns = ['mode', 'bytes of state', 'µs to seal', 'µs to open']
  return { title: 'sealing', note: 'Medians.', columns, rows }
}

/** Microseconds of single requests, which take turns, so that whatever else the machine does meets them all. */
async function refusals(): Promise<Table> {
  const rows: string[][] = []
  for (const seal of modes) {
    const router = new Router({ User, Note: class extends User {} }, { secret, seal })
    const made = await router.fetch(
      new Request('http://local/User/', { method: 'POST', body: form(), headers }),
    )
    const state = Buffer.from(
      (made.headers.get('location') as string).split('/').at(-2) as string,
      'base64url',
    )
    const flipped = (at: number) => {
      const forged = Buffer.from(state)
      forged[at] = (forged[at] as number) ^ 1
      return `/User/${forged.toString('base64url')}/`
    }
    const paths: [what: string, path: string][] = [
      ['the first byte of the tag', flipped(1)],
      ['the same again', flipped(1)],
      ['the last byte of the tag', flipped(16)],
      ['the first byte of the body', flipped(17)],
      ['the last byte of the body', flipped(state.length - 1)],
      ['the byte for the key', flipped(0)],
      ['another class', `/Note/${state.toString('base64url')}/`],
      ['a method that there is not', `${flipped(16)}nothing`],
    ]
    const times = new Map<string, number[]>(paths.map(([what]) => [what, []]))
    for (let round = 0; round < 6000; round++) {
      for (let index = 0; index < paths.length; index++) {
        const [what, path] = paths[(index + round) % paths.length] as (typeof paths)[0]
        const request = new Request(`http://local${path}`)
        const start = performance.now()
        await router.fetch(request)
        const time = (performance.now() - start) * 1000
        if (round >= 1000) times.get(what)?.push(time)
      }
    }
    for (const [what, all] of times) {
      const quarters = [0.25, 0.5, 0.75].map(share => number(quantile(all, share)))
      rows.push([seal, what, ...quarters])
    }
  }
  const columns = ['mode', 'what is wrong', 'lower quartile', 'median', 'upper quartile']
  return { title: 'refusals', note: 'Microseconds of a request that is answered with 403.', columns, rows }
}

const form = () => 'id=bob'
const headers = { 'content-type': 'application/x-www-form-urlencoded' }

await loadSiv()
for (const table of [costs(), await refusals()]) console.log(render(table))
