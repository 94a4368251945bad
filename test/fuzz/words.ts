// Byte strings that mean something in a format: the heads and ends of its values, and what comes after a root.

import { latin1 } from './target.js'

const text = [
  'L S D O ; N T F B I E X i1; f-0x1.8p+1; f-0; fnan; u1:a b1:a u0: u9:__proto__ u3:url u4:name u6:values',
  'd2026-11-21T12:00:00.000000Z; pP1Y1M1DT1H1M1S; Xu4:link Xu4:form Xu5:input Xu5:error Xu8:resource Xu6:stream',
  'DN; Xu5:inputDN; B0:D; B1:D c0:1:a; c0; c1; E0:N; E1:N;',
]

const cbor = [
  '80 81 82 a0 a1 bf ff f4 f6 f7 40 41 60 63 5f 7f 9f c0 c1 c2 c3 c1fb c11a c249 d818 d81b83 d9010281 d90103a1',
  'd903eaa1 fb7ff8000000000000 fb8000000000000000 1bffffffffffffffff 9bffffffffffffffff 5affffffff',
  'd81b83646c696e6ba0f6 d81b8366737472656d d81b83687265736f75726365a0a0 d81b83656572726f72 6375726c 646e616d65',
  '695f5f70726f746f5f5f d81858 d8184100 d818428100 d8184481004161',
]

const json = [
  '{ } [ ] , : " \\ \\u0000 \\ud800 \\udc00 null true 1e400 -0 1.0 {"$set":[ {"$map":[[ {"$bytes":" {"$integer":"',
  '{"$float":" {"$datetime":" {"$timedelta":" {"$extension":"link","attributes":{},"content":null} "__proto__":',
  '{"$extension":"stream","attributes":{},"content":null} {"$blob":0 {"$dict":{ "url": {"$item": {"$count":1}',
  '{"$piece":0,"bytes":"AA=="} {"$end":0}',
]

const split = (lines: readonly string[]) => lines.join(' ').split(' ')

export const words: Readonly<Record<string, readonly Uint8Array[]>> = {
  text: [...split(text), '\nIi1;;', '\nE1:N;'].map(latin1),
  cbor: split(cbor).map(hex => new Uint8Array(Buffer.from(hex, 'hex'))),
  json: [...split(json), '\n'].map(latin1),
}
