// Bodies of urlencoded forms: read as the URL Standard says, which URLSearchParams does too.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { routerLimits } from '../../../../lib/limits.js'
import { urlencodedBody } from '../../../../server/core/requests/urlencoded.js'

const read = (body: Uint8Array, limits = {}) => urlencodedBody(body, { ...routerLimits, ...limits })

/** ASCII, as it is sent: other characters beside a wrong escape are something else to Node than to the standard. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom('&', '&&', '=', '+', '%', '%4', '%41', '%C3%A9', '%c3', '%EF%BB%BF', '%zz', '\0', '%00'),
    fc.string({ maxLength: 3 }),
  ),
  { maxLength: 12 },
)

test('any body is read as URLSearchParams reads it', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, async parts => {
      const body = parts.join('')
      expect(await read(new TextEncoder().encode(body))).toEqual([...new URLSearchParams(`?${body}`)])
    }),
    { numRuns: 1000 },
  )
})

test('an escape is read where a part of the body ends', async () => {
  for (let before = 65_525; before < 65_540; before++) {
    const body = `a=${'x'.repeat(before)}%C3%A9+&b=1`
    expect(await read(new TextEncoder().encode(body))).toEqual([...new URLSearchParams(`?${body}`)])
  }
})

test('others have their turns meanwhile', async () => {
  const body = new Uint8Array(2 ** 24).fill(0x2b)
  let turns = 0
  let reading = true
  const watch = () => {
    turns++
    if (reading) setImmediate(watch)
  }
  setImmediate(watch)
  const [[name]] = (await read(Buffer.concat([Buffer.from('a='), body]))) as [[string, string]]
  reading = false
  expect(name).toBe('a')
  expect(turns).toBeGreaterThan(1)
})

test('a text that is too long is refused', async () => {
  await expect(read(Buffer.from('a=12345'), { stringBytes: 4 })).rejects.toMatchObject({ status: 413 })
  expect(await read(Buffer.from('a=%31234'), { stringBytes: 4 })).toEqual([['a', '1234']])
})
