// What has cost too much somewhere, of this library or of others, tried wherever it could.

import { entries } from './entries.js'
import type { Kind } from './growth.js'

/** Repetitions that make an expression, a scanner or a table look at the same bytes again and again. */
const repeated: readonly (readonly [prefix: string, unit: string, suffix: string])[] = [
  ['', '1', 'x'],
  ['', '1', ''],
  ['-', '9', '.'],
  ['0.', '0', '1x'],
  ['1e', '9', 'x'],
  ['', ' ', 'x'],
  ['x', ' ', 'x'],
  ['', '\t ', ''],
  ['', 'a', '!'],
  ['', 'a-', '!'],
  ['', '/', 'x'],
  ['', '/a', '//'],
  ['', '../', 'x'],
  ['', '%20', '%'],
  ['', '%41', ''],
  ['', '%', ''],
  ['', '+', ''],
  ['', '"', ''],
  ['a="', '\\"', ''],
  ['', '"\\', ''],
  ['', '\\', ''],
  ['', ',', 'x'],
  ['', 'a,', ''],
  ['', ';', 'x'],
  ['', 'a;', ''],
  ['', '; ', '='],
  ['', 'a=b;', ''],
  ['', 'a="b";', ''],
  ['', 'a¹=b; ', ''],
  ['', 'a¹=b&', ''],
  ['', 'a=b&', ''],
  ['', '&', ''],
  ['', '=', ''],
  ['a=', '=', ''],
  ['', 'text/html;q=0.¹, ', ''],
  ['', '*/*;', ''],
  ['', 'W/"¹", ', ''],
  ['bytes=', '0-¹,', ''],
  ['', '[', ''],
  ['', '(', ''],
  ['', '¹:', ''],
  ['', '::', ''],
  ['', '.', ''],
  ['', '1.', ''],
  ['P', '1', 'Y'],
  ['PT', '1H', ''],
  ['2026-11-21T12:00:00.', '0', ''],
  ['Sun, ', '0', ' Nov 1994'],
  ['', '\xe9', ''],
]

const everywhere = Object.keys(entries).flatMap(entry =>
  repeated.map(([prefix, unit, suffix]): Kind => ({ entry, prefix, unit, suffix })),
)

const cborUnit = (bytes: readonly number[]) => String.fromCharCode(...bytes)

const own: readonly Kind[] = [
  // Numbers that fall together.
  { entry: 'json', prefix: '{"$set":[0', unit: ',²', suffix: ']}' },
  { entry: 'json', prefix: '{"$set":[0', unit: ',³', suffix: ']}' },
  { entry: 'json', prefix: '{"$map":[[0,0]', unit: ',[{"$integer":"ª"},1]', suffix: ']}' },
  { entry: 'json', prefix: '{"x":1', unit: ',"²":1', suffix: '}' },
  { entry: 'json', prefix: '{"x":1', unit: ',"¹000":1', suffix: '}' },
  { entry: 'text', prefix: 'S', unit: 'i²;', suffix: ';' },
  { entry: 'text', prefix: 'S', unit: 'f³;', suffix: ';' },
  { entry: 'text', prefix: 'O', unit: 'iª;N;', suffix: ';' },
  { entry: 'field tags', prefix: '[0', unit: ',²', suffix: ']' },
  { entry: 'body json', prefix: '{"value":{"$set":[0', unit: ',²', suffix: ']}}' },
  { entry: 'pipeline', prefix: '{"steps":[["./take/",{"value":{"$set":[0', unit: ',²', suffix: ']}}]]}' },
  { entry: 'pipeline', prefix: '{"steps":[["./take/",{}]],"brief":[0', unit: ',²', suffix: ']}' },
  // Nested, and in an order that has to be looked ahead for.
  { entry: 'json', unit: '{"content":', middle: '1', close: '}' },
  {
    entry: 'json',
    prefix: '[',
    unit: `${'{"content":'.repeat(60)}1${',"$extension":"x"}'.repeat(60)},`,
    suffix: '1]',
  },
  { entry: 'json', prefix: '[', unit: `${'{"content":['.repeat(60)}1${']}'.repeat(60)},`, suffix: '1]' },
  { entry: 'json', prefix: '{"content":[', unit: '{"content":1},', suffix: '1]}' },
  { entry: 'json', prefix: '{"content":[', unit: '{"content":"\\u0041\\"","attributes":{}},', suffix: '1]}' },
  { entry: 'json', unit: '[', close: ']' },
  { entry: 'json', prefix: '{', unit: '"attributes":1,', suffix: '"$extension":"x"}' },
  { entry: 'json', prefix: '"', unit: '\\u0041', suffix: '"' },
  { entry: 'json', prefix: '[', unit: '0.1e¹,', suffix: '1]' },
  { entry: 'json', prefix: '{"$integer":"', unit: '9', suffix: '"}' },
  { entry: 'json', prefix: '[', unit: `{"$integer":"${'9'.repeat(5000)}"},`, suffix: '1]' },
  { entry: 'json', prefix: '{"$bytes":"', unit: 'AAAA', suffix: '"}' },
  { entry: 'json', prefix: '[', unit: '{"$datetime":"2026-11-21T12:00:00.000000Z"},', suffix: '1]' },
  { entry: 'json', prefix: '[', unit: `{"$timedelta":"P${'9'.repeat(150)}D"},`, suffix: '1]' },
  { entry: 'text', prefix: 'L', unit: 'd2026-11-21T12:00:00.000000Z;', suffix: ';' },
  { entry: 'text', prefix: 'L', unit: 'pP1Y2M3DT4H5M6.7S;', suffix: ';' },
  { entry: 'text', prefix: 'L', unit: `f0x${'f'.repeat(2000)}p9;`, suffix: ';' },
  { entry: 'text', prefix: 'L', unit: `f${'9'.repeat(300)}.5;`, suffix: ';' },
  { entry: 'text', prefix: 'L', unit: `i${'9'.repeat(5000)};`, suffix: ';' },
  { entry: 'text', prefix: 'f', unit: '1', suffix: ';' },
  { entry: 'text', prefix: 'S', unit: 'Li¹;;', suffix: ';' },
  { entry: 'text', prefix: 'S', unit: 'SLi¹;;;', suffix: ';' },
  { entry: 'text', prefix: 'O', unit: 'Du1:a;i¹;;N;', suffix: ';' },
  { entry: 'text', prefix: 'L', unit: `${'S'.repeat(60)}i1;${';'.repeat(60)}`, suffix: ';' },
  { entry: 'cbor', prefix: cborUnit([0x9a, 0, 0x0f, 0, 0]), unit: cborUnit([0xd9, 0x01, 0x02, 0x80]) },
  { entry: 'cbor', prefix: cborUnit([0x9a, 0, 0x0f, 0, 0]), unit: cborUnit([0xc2, 0x43, 1, 2, 3]) },
  { entry: 'cbor', unit: cborUnit([0x81]), middle: cborUnit([0xf6]) },
  { entry: 'cbor', unit: cborUnit([0xc1]), middle: cborUnit([0]) },
  { entry: 'cbor', prefix: cborUnit([0x9a, 0, 0x0f, 0, 0]), unit: cborUnit([0xa1, 0x61, 0x61, 0xf6]) },
  // Links, each of which may lead to an object.
  {
    entry: 'body json',
    prefix: '{"value":[1',
    unit: ',{"$extension":"link","attributes":{"url":"../Note/oWV0aXRsZWFh/"}}',
    suffix: ']}',
  },
  {
    entry: 'body json',
    prefix: '{"value":[1',
    unit: ',{"$extension":"link","attributes":{"url":"//¹/"}}',
    suffix: ']}',
  },
  { entry: 'field note', unit: '../', suffix: 'Note/oWV0aXRsZWFh/' },
  { entry: 'query', prefix: 'value=', unit: '%20', suffix: '' },
  { entry: 'path', prefix: 'Note/', unit: 'A', suffix: '/text' },
  { entry: 'path for people', prefix: 'Note/oWV0aXRsZWFh/', unit: 'a', suffix: '//' },
  // Pieces, items, parts.
  {
    entry: 'cbor arriving',
    prefix: cborUnit([0xd8, 0x18, 0x46, 0xda, 0, 0x0f]),
    unit: cborUnit([0xd8, 0x18, 0x41, 0x01]),
  },
  { entry: 'text arriving', prefix: 'XU6:stream;D;N;;', unit: 'IN;;', suffix: '' },
  { entry: 'text arriving', prefix: 'B0:D;;', unit: 'c0:1:a;', suffix: 'c0;' },
  {
    entry: 'json arriving',
    prefix: '{"$blob":0}\n',
    unit: '{"$piece":0,"bytes":"AAAA"}\n',
    suffix: '{"$end":0}',
  },
  { entry: 'json arriving', prefix: '[', unit: '1,', suffix: '1]' },
  { entry: 'text arriving', prefix: 'L', unit: 'i1;', suffix: ';' },
  {
    entry: 'multipart',
    unit: '--b\r\ncontent-disposition: form-data; name="a¹"\r\n\r\n1\r\n',
    suffix: '--b--',
  },
  {
    entry: 'multipart',
    unit: '--b\r\ncontent-disposition: form-data; name="value"; filename="a"\r\n\r\n1\r\n',
    suffix: '--b--',
  },
  {
    entry: 'multipart',
    prefix: '--b\r\ncontent-disposition: form-data; name="value"\r\n\r\n',
    unit: '\r\n--a',
    suffix: '\r\n--b--',
  },
  {
    entry: 'multipart',
    prefix: '--b\r\ncontent-disposition: form-data; name="value"\r\n\r\n',
    unit: '\r\n-',
    suffix: '\r\n--b--',
  },
  { entry: 'multipart', prefix: '--b\r\n', unit: 'x: y\r\n', suffix: '\r\n1\r\n--b--' },
  {
    entry: 'multipart',
    prefix: '--b\r\ncontent-disposition: form-data; name="',
    unit: '\\"',
    suffix: '"\r\n\r\n1\r\n--b--',
  },
  { entry: 'form', unit: 'value=¹&', suffix: '' },
  { entry: 'form', unit: 'value¹=1&', suffix: '' },
  { entry: 'pipeline', prefix: '{"steps":[1', unit: ',["./look/",{}]', suffix: ']}' },
  { entry: 'pipeline', prefix: '{"steps":[["./take/",{"value":[1', unit: ',[1]', suffix: ']}]]}' },
  { entry: 'answer set-cookie', unit: 'a¹=b; Path=/\n', suffix: '' },
  { entry: 'answer set-cookie', prefix: 'a=b; ', unit: 'Path=/; ', suffix: '' },
  { entry: 'answer set-cookie', prefix: 'a=b; Expires=', unit: '1 ', suffix: '' },
]

export const kinds: readonly Kind[] = [...own, ...everywhere]

/** Those that were made for one entry, and of the others some, each time other ones. */
export function someKinds(part: number): readonly Kind[] {
  const offset = Math.floor(Math.random() * part)
  return [...own, ...everywhere.filter((_, index) => index % part === offset)]
}
