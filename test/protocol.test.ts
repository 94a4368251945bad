// The worked examples of spec/protocol.md are what our client and server send each other: this test plays them
// in each encoding, and compares. `UPDATE=1 npx vitest run test/protocol.test.ts` writes them into the document.

import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { codecs } from '../lib/codecs.js'
import { type Exchange, play } from './conversation.js'
import { annotated, bytesOf } from './diagnostic.js'

const file = new URL('../spec/protocol.md', import.meta.url)
const names = ['text', 'cbor', 'json'] as const
type Encoding = (typeof names)[number]

const played = new Map<Encoding, ReadonlyMap<string, Exchange>>()
let document = ''

beforeAll(async () => {
  for (const [encoding, type] of [
    ['text', 'application/vnd.hyperglyph'],
    ['cbor', 'application/vnd.hyperglyph+cbor'],
    ['json', 'application/vnd.hyperglyph+json'],
  ] as const) {
    played.set(encoding, await play(type))
  }
  document = readFileSync(file, 'utf8')
  if (process.env.UPDATE === undefined) return
  document = document.replace(fence, (_, ...groups) => {
    const [info, example, part] = groups as string[]
    return `\`\`\`${info} ${example} ${part}\n${shown(info, example, part)}\n\`\`\``
  })
  writeFileSync(file, document)
})

/** ```` ```cbor page response ````: how, which exchange, and which half of it. */
const fence = /```(http|text|json|cbor) (\w+) (request|response)\n([\s\S]*?)\n?```/g

interface Block {
  readonly info: string
  readonly example: string
  readonly part: string
  readonly content: string
}

const blocks = (): Block[] =>
  Array.from(
    readFileSync(file, 'utf8').matchAll(fence),
    ([, info = '', example = '', part = '', content = '']) => ({
      info,
      example,
      part,
      content,
    }),
  )

function exchangeOf(info: string, example: string): Exchange {
  const found = played.get(info === 'http' ? 'text' : (info as Encoding))?.get(example)
  if (found === undefined) throw new Error(`no exchange is called ${example}`)
  return found
}

function shown(info = '', example = '', part = ''): string {
  const message = exchangeOf(info, example)[part as keyof Exchange]
  switch (info) {
    case 'http':
      return message.head
    case 'cbor':
      return annotated(message.body)
    case 'json':
      return prettyJson(Buffer.from(message.body).toString())
    default:
      return wrapped(Buffer.from(message.body).toString())
  }
}

/** The root on lines of its own; pieces stay on one line each, as they are. */
function prettyJson(text: string): string {
  const [root = '', ...pieces] = text.trimEnd().split('\n')
  return [pretty(JSON.parse(root), ''), ...pieces].join('\n')
}

/** Objects that fit a line stay on it. */
function pretty(value: unknown, indent: string): string {
  const line = JSON.stringify(value)
  if (line.length + indent.length < 100 || typeof value !== 'object' || value === null) return line
  const inner = `${indent}  `
  const list = Array.isArray(value)
  const items = list
    ? value.map(item => inner + pretty(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${pretty(item, inner)}`)
  return `${list ? '[' : '{'}\n${items.join(',\n')}\n${indent}${list ? ']' : '}'}`
}

/** Line breaks after tokens, which the format allows there. */
const wrapped = (text: string): string => text.split('\n').flatMap(linesOf).join('\n')

function linesOf(text: string): string[] {
  let line = ''
  const lines: string[] = []
  for (const token of text.match(/[^;]*;+/g) ?? []) {
    if (line.length + token.length > 110) {
      lines.push(line)
      line = ''
    }
    line += token
  }
  return [...lines, line]
}

test('the examples of the protocol are what client and server send each other', () => {
  const found = blocks()
  for (const { info, example, part, content } of found) {
    expect(`${info} ${example} ${part}\n${content}`).toBe(
      `${info} ${example} ${part}\n${shown(info, example, part)}`,
    )
  }
  const examples = [...(played.get('text')?.keys() ?? [])]
  expect([...new Set(found.map(({ example }) => example))].sort()).toEqual(examples.sort())
})

test('the hexadecimal of the document is the message, byte for byte', () => {
  const found = blocks().filter(({ info }) => info === 'cbor')
  for (const { info, example, part, content } of found) {
    expect(Buffer.from(bytesOf(content))).toEqual(
      Buffer.from(exchangeOf(info, example)[part as keyof Exchange].body),
    )
  }
  expect(found.length).toBeGreaterThan(8)
})

test('the text of the document is the message, apart from its line breaks', () => {
  const found = blocks().filter(({ info }) => info === 'text')
  for (const { info, example, part, content } of found) {
    const { body } = exchangeOf(info, example)[part as keyof Exchange]
    expect(content.replaceAll('\n', '')).toBe(Buffer.from(body).toString().replaceAll('\n', ''))
  }
  expect(found.length).toBeGreaterThan(8)
})

test('the three encodings of an example hold the same', () => {
  // But for what servers of text need: their own defaults, and absolute URLs.
  const others = ['form request', 'reference request']
  const alike = [...(played.get('text')?.keys() ?? [])].flatMap(example =>
    (['request', 'response'] as const).map(part => [example, part] as const),
  )
  for (const [example, part] of alike.filter(pair => !others.includes(pair.join(' ')))) {
    const [first, ...rest] = names.map(encoding => {
      const { head, body } = exchangeOf(encoding, example)[part]
      const type = /^content-type: (.*)$/m.exec(head)?.[1] ?? ''
      const value = codecs.get(type)?.decode(body)
      return JSON.stringify(value instanceof Map ? Object.fromEntries(value) : value)
    })
    for (const other of rest) expect(other).toBe(first)
  }
  expect(alike.length).toBeGreaterThan(20)
})
