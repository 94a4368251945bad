// Which codec a peer gets, by its Accept header.

import { expect, test } from 'vitest'
import { cbor, json, text } from '../../lib/codecs.js'
import { negotiate } from '../../lib/negotiate.js'

const codecs = [text, cbor, json]

const [textType, cborType, jsonType] = codecs.map(({ type }) => type)

test.each<[accept: string | undefined, wanted: string | undefined]>([
  [undefined, textType],
  ['*/*', textType],
  ['application/*', textType],
  ['text/*', undefined],
  ['', undefined],
  [',,', undefined],
  [`${cborType}`, cborType],
  [`${cborType?.toUpperCase()} ; Q=0.5`, cborType],
  [`${cborType};q=0.5, ${jsonType};q=0.6`, jsonType],
  [`${cborType};q=0.5,*/*;q=0.4`, cborType],
  [`${textType};q=0, */*`, cborType],
  [`${cborType};q=2`, undefined],
])('Accept: %s is answered with %s', (accept, wanted) => {
  expect(negotiate(accept, codecs)?.type).toBe(wanted)
})

test.each([
  ['a comma', `${cborType};profile="a,${jsonType}"`, cborType],
  ['a comma after what is less wanted', `${jsonType};q=0.1;x=",", ${cborType};q=0.2`, cborType],
  ['a semicolon', `${cborType};x="a;q=0.1", ${jsonType};q=0.5`, cborType],
  ['an escaped quote', `${jsonType};x="\\",${cborType};q=1";q=0.1, ${textType};q=0.2`, textType],
  ['no end', `${jsonType};q=0.1, ${textType};x="a,${cborType}`, textType],
])('a quoted string with %s separates nothing', (_, accept, wanted) => {
  expect(negotiate(accept, codecs)?.type).toBe(wanted)
})

test('a header of quotes and backslashes is read in no time', () => {
  const start = performance.now()
  negotiate(`x;y=${'"\\'.repeat(50_000)}`, codecs)
  negotiate(`x;y=${'"a'.repeat(50_000)}`, codecs)
  expect(performance.now() - start).toBeLessThan(1000)
})
