// The codecs alone, in a process of their own, in turn: encoding and decoding apart. Run by the runner, which
// gives the number of rounds and the milliseconds of a slice.

import { Encoder as CborEncoder } from 'cbor-x'
import { Form, Input, type Page } from 'hyperglyph'
import { type Codec, cbor, json, text } from 'hyperglyph/codecs'
import { Packr } from 'msgpackr'
import type { CodecTimes } from './codec-tables.js'
import {
  type AccountJson,
  accountFromJson,
  accountOf,
  accountToJson,
  type RowJson,
  rowFromJson,
  rows,
} from './data.js'

/** Not public: what a server draws an instance as. */
interface Templates {
  readonly hole: symbol
  readonly Template: new (attributes: readonly Entry[], content: readonly Entry[]) => object
  readonly Drawing: new (template: object, values: readonly unknown[], path: string) => { page(): Page }
}
type Entry = readonly [key: string, value: unknown]
const library = new URL('lib/values/template.js', import.meta.resolve('hyperglyph'))
const { Drawing, Template, hole } = (await import(library.href)) as Templates

/** One way to turn a content into bytes and back. */
interface Candidate {
  readonly encode: () => unknown
  readonly decode: () => unknown
  readonly bytes: number
}

const baseUrl = 'http://localhost:8000/'

function ours(codec: Codec, value: unknown): Candidate {
  const bytes = codec.encode(value)
  return {
    encode: () => codec.encode(value),
    decode: () => codec.decode(bytes, { baseUrl }),
    bytes: bytes.length,
  }
}

/** JSON from bytes and to bytes, as a message is; what it has no notation for is made text and back. */
function plainJson<T, J>(value: T, to: (value: T) => J, from: (json: J) => unknown): Candidate {
  const encode = () => Buffer.from(JSON.stringify(to(value)))
  const bytes = encode()
  return { encode, decode: () => from(JSON.parse(bytes.toString()) as J), bytes: bytes.length }
}

interface Packer {
  encode(value: unknown): Buffer
  decode(bytes: Buffer): unknown
}

function packed(packer: Packer, value: unknown): Candidate {
  // What these encoders return is a view of a buffer that they write on: a copy keeps.
  const bytes = Buffer.from(packer.encode(value))
  return { encode: () => packer.encode(value), decode: () => packer.decode(bytes), bytes: bytes.length }
}

const packers = (value: unknown): [string, Candidate][] => [
  [
    'cbor-x',
    packed(new CborEncoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false }), value),
  ],
  ['cbor-x, records known to both', packed(new CborEncoder({ structures: [] }), value)],
  ['msgpackr', packed(new Packr({ useRecords: false }), value)],
  ['msgpackr, records known to both', packed(new Packr({ structures: [] }), value)],
]

const account = accountOf('bob')
const fields = Object.entries(account)

// A page of those fields and eight forms; `methods` is the same for JSON.
const methods = ['rename', 'message', 'follow', 'unfollow', 'block', 'invite', 'report', 'remove']
const formOf = (name: string) =>
  new Form({
    method: 'POST',
    url: name,
    values: [new Input({ name: 'subject' }), new Input({ name: 'body', value: '' })],
  })
const template = new Template(
  [
    ['name', 'Member'],
    ['url', hole],
  ],
  [...fields.map(([name]): Entry => [name, hole]), ...methods.map((name): Entry => [name, formOf(name)])],
)
const path = '/Member/oWJpZGNib2I/'
const drawing = new Drawing(template, [path, ...fields.map(([, value]) => value)], path)

const jsonPage = (value: typeof account) => ({
  name: 'Member',
  url: path,
  content: {
    ...accountToJson(value),
    ...Object.fromEntries(
      methods.map(name => [
        name,
        {
          form: { method: 'POST', url: name, values: [{ name: 'subject' }, { name: 'body', value: '' }] },
        },
      ]),
    ),
  },
})
const binaryPage = { ...jsonPage(account), content: { ...jsonPage(account).content, ...account } }

const list = (value: typeof rows) => value as unknown as RowJson[]

const contents: Readonly<Record<string, [string, Candidate][]>> = {
  fields: [
    ['cbor', ours(cbor, account)],
    ['text', ours(text, account)],
    ['json', ours(json, account)],
    ['JSON', plainJson(account, accountToJson, accountFromJson)],
    ...packers(account),
  ],
  page: [
    ['cbor', ours(cbor, drawing)],
    ['cbor, no template', ours(cbor, drawing.page())],
    ['text', ours(text, drawing)],
    ['json', ours(json, drawing)],
    [
      'JSON',
      plainJson(account, jsonPage, ({ content, ...rest }) => ({
        ...rest,
        content: { ...content, ...accountFromJson(content as AccountJson) },
      })),
    ],
    ...packers(binaryPage),
  ],
  list: [
    ['cbor', ours(cbor, rows)],
    ['text', ours(text, rows)],
    ['json', ours(json, rows)],
    ['JSON', plainJson(rows, list, all => all.map(rowFromJson))],
    ...packers(rows),
  ],
}

/** Microseconds of one run, in a slice. */
function timeOf(run: () => unknown, milliseconds: number): number {
  const start = performance.now()
  let count = 0
  let now = start
  while (now < start + milliseconds) {
    for (let index = 0; index < 16; index++) run()
    count += 16
    now = performance.now()
  }
  return ((now - start) / count) * 1000
}

const [rounds = 1, milliseconds = 20] = process.argv.slice(2).map(Number)
const all = Object.entries(contents).flatMap(([content, candidates]) =>
  candidates.map(([codec, candidate]) => {
    const times: CodecTimes = { content, codec, bytes: candidate.bytes, encode: [], decode: [] }
    return { candidate, times }
  }),
)
// The first round warms up, and does not count.
for (let round = 0; round <= rounds; round++) {
  for (const { candidate, times } of all) {
    const time = round === 0 ? milliseconds * 8 : milliseconds
    const encode = timeOf(candidate.encode, time)
    const decode = timeOf(candidate.decode, time)
    if (round === 0) continue
    times.encode.push(encode)
    times.decode.push(decode)
  }
}
process.send?.(all.map(({ times }) => times))
