// What a terminal shows of a server that means it harm: nothing that it says is obeyed, wherever it stands.

import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { ensure } from '../system.js'
import { Program } from './program.js'
import { Terminal } from './terminal.js'

const python = ensure('python3') ?? ''
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

/** Sets the title; colors, in one character; goes back in the line; turns its direction. */
const evil = '\x1b]0;OWNED\x07\u009b31m\rover\u202e'

const form = (url: string, extra: object = {}) => ({
  $extension: 'form',
  attributes: { method: 'POST', url, values: [], ...extra },
})
const page = (name: string, content: object) => ({
  $extension: 'resource',
  attributes: { name, url: `./t/${evil}` },
  content,
})
const fault = {
  $extension: 'error',
  attributes: { logref: evil, message: `no ${evil}`, code: evil },
  content: { [evil]: evil },
}

const answers: Readonly<Record<string, unknown>> = {
  '/text/': `a ${evil}`,
  '/list/': [page(`T${evil}`, { [`k${evil}`]: evil, [`m${evil}`]: form('m') })],
  '/page/': page(`T${evil}`, { [`k${evil}`]: [evil], [`m${evil}`]: form('m', { values: [`a${evil}`] }) }),
  '/dict/': { [evil]: { [evil]: evil }, bytes: { $bytes: 'Gw==' }, set: { $set: [evil] } },
  '/unknown/': { $extension: `x${evil}`, attributes: { a: evil }, content: { b: evil } },
}

const server = createServer((request, response) => {
  const say = (value: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
  const { url = '' } = request
  if (url === '/') {
    const names = [
      ...Object.keys(answers),
      '/boom/',
      '/typed/',
      '/stream/',
      '/broken/',
      '/plain/',
      '/file/',
      '/away/',
    ]
    const forms = Object.fromEntries(names.map(path => [path.slice(1, -1), form(path)]))
    say(page('R', { ...forms, [`x${evil}`]: form('x/'), [`data${evil}`]: evil }))
  } else if (url in answers) say(answers[url])
  else if (url === '/boom/') say(fault, 400)
  else if (url === '/away/') response.writeHead(303, { location: `\u009b31m` }).end()
  else special(url, response)
})

function special(url: string, response: ServerResponse): void {
  if (url === '/typed/') response.writeHead(200, { 'content-type': 'text/plain; a=\u009b31m' }).end(evil)
  else if (url === '/file/') response.writeHead(200, { 'content-type': 'image/png; a=\u009b31m' }).end('\0')
  else if (url === '/plain/') response.writeHead(500, { 'content-type': 'text/plain' }).end(evil)
  else if (url === '/broken/')
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"a${evil}`)
  else {
    const type = 'application/vnd.hyperglyph+json'
    const item = JSON.stringify({ $item: evil })
    response.writeHead(200, { 'content-type': type })
    response.end(
      `{"$extension":"stream","attributes":{}}\n${item}\n{"$count":1,"fault":${JSON.stringify(fault)}}\n`,
    )
  }
}

const program = await Program.build()
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await program.close()
})

const open: Terminal[] = []
afterEach(async () => {
  for (const terminal of open.splice(0)) await terminal.close()
})
const terminal = (words: string[], env: NodeJS.ProcessEnv = {}) => {
  const opened = new Terminal(python, program, [address, ...words], env)
  open.push(opened)
  return opened
}

/** What no program of ours sends: a title, a color that was not chosen, a way back over the line. */
function obeyed(raw: string): string[] {
  return [
    ...(raw.includes('\x1b]') ? ['ESC ]'] : []),
    ...(raw.includes('\x07') ? ['BEL'] : []),
    ...(/[\x80-\x9f]/.test(raw) ? ['C1'] : []),
    ...(/\rover/.test(raw) ? ['CR'] : []),
    ...(raw.includes('\u202e') ? ['RLO'] : []),
  ]
}

describe.skipIf(python === '')('nothing that a server says is obeyed by a terminal', () => {
  test.each([
    [['text'], '\\x1b]0;OWNED\\x07\\x9b31m\\x0dover\\u202e'],
    [['text', '--json'], '\\u001b]0;OWNED\\u0007\\u009b31m\\rover\\u202e'],
    [['list'], 'OWNED'],
    [['list', '--json'], 'OWNED'],
    [['page'], 'OWNED'],
    [['dict'], 'OWNED'],
    [['dict', '--json'], 'OWNED'],
    [['unknown'], 'OWNED'],
    [['stream'], 'OWNED'],
    [['boom'], 'OWNED'],
    [['boom', '-v'], 'OWNED'],
    [['plain'], 'OWNED'],
    [['broken', '-v'], 'control character in a string'],
    [['typed', '-v'], 'OWNED'],
    [['file'], 'this is image/png'],
    [['away', '-v'], ''],
    [['nothing'], 'OWNED'],
    [['list', '.', '0', '.', 'nothing'], ''],
  ] as const)('%j', async (words, expected) => {
    const session = terminal([...words], { NO_COLOR: undefined })
    await session.end()
    expect(session.raw).toContain(expected)
    expect(obeyed(session.raw)).toEqual([])
  })

  test('at the prompt: pages, results, errors, the console, completions', async () => {
    const session = terminal([], { XDG_STATE_HOME: program.path('state'), NO_COLOR: undefined })
    await session.until('> ')
    for (const [line, shown] of [
      ['api.boom()\n', 'OWNED'],
      ['api.list()\n', 'OWNED'],
      ['api.text()\n', 'OWNED'],
      ['api.unknown()\n', 'OWNED'],
      ['void api.boom()\n', 'not awaited'],
      ['api.nothing\n', 'OWNED'],
      ['console.log(await api.text())\n', 'OWNED'],
      ['console.error(await api.text())\n', 'OWNED'],
      ['throw new Error(await api.text())\n', 'OWNED'],
      ['Symbol(await api.text())\n', 'OWNED'],
      ['globalThis.page = await api.page()\n', 'OWNED'],
      ['page.\t\t', ''],
    ] as const) {
      session.type(line)
      if (shown !== '') await session.until(shown)
    }
    session.type('\x03')
    session.type('.exit\n')
    await session.end()
    expect(obeyed(session.raw)).toEqual([])
  })

  test('colors are ours alone, and still there', async () => {
    const session = terminal(['dict'], { NO_COLOR: undefined })
    await session.end()
    expect(session.raw).toContain('\x1b[32m')
    expect(session.raw.split('\x1b[').filter(text => /^\d+;/.test(text))).toEqual([])
  })
})

test('one file of the command writes to standard output and standard error', () => {
  const folder = fileURLToPath(new URL('../../cli', import.meta.url))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path =>
    path.endsWith('.ts'),
  )
  const writers = files.filter(path =>
    /std(?:out|err)\b[^;\n]*\.write\(|\bconsole\.(?!js|over)\w+\(/i.test(
      readFileSync(join(folder, path), 'utf8'),
    ),
  )
  expect(writers).toEqual(['terminal.ts'])
})
