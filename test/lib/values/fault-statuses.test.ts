// The status of a Fault: the one it is given, else that of its code.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { codecs } from '../../../lib/codecs.js'
import { Fault } from '../../../lib/values/fault.js'

const guide = readFileSync(new URL('../../../spec/guide.md', import.meta.url), 'utf8')
const rows = [...guide.matchAll(/^\| (\d{3}) \| ((?:`\w+`(?:, )?)+) \|$/gm)].flatMap(
  ([, status, codes = '']) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']): [string, number] => [code, Number(status)]),
)

test('the guide lists codes', () => {
  expect(rows).toContainEqual(['not_found', 404])
})

test.each(rows)('a Fault of the code %s has the status %d', (code, status) => {
  expect(new Fault('x', { code }).status).toBe(status)
})

test.each(['error', 'seal', 'stream', 'toString', '__proto__', ''])(
  'a Fault of the code %j has the status 400',
  code => {
    expect(new Fault('x', { code }).status).toBe(400)
  },
)

test('a status that is given wins', () => {
  expect(new Fault('x', { code: 'not_found', status: 410 }).status).toBe(410)
  expect(new Fault('x', { code: 'not_found', status: 400 }).status).toBe(400)
})

test.each([...codecs.values()])('%o keeps the status of a Fault, whatever its code', codec => {
  for (const status of [400, 404, 410]) {
    const fault = new Fault('x', { code: 'not_found', status })
    expect(codec.decode(codec.encode(fault))).toMatchObject({ code: 'not_found', status })
  }
})
