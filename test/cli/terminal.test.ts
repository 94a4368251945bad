// The command on a terminal: the prompt, progress bars, and what a terminal must not be sent.

import { readFileSync, statSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { serve } from '../../index.js'
import { ensure } from '../system.js'
import { Program } from './program.js'
import { router } from './site.js'
import { Terminal } from './terminal.js'

const python = ensure('python3') ?? ''
// Processes are slow to start where others run.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const program = await Program.build()
const server = await serve(router, { port: 0 })
afterAll(async () => {
  await server.close(0)
  await program.close()
})

const open: Terminal[] = []
afterEach(async () => {
  for (const terminal of open.splice(0)) await terminal.close()
})
const terminal = (words: string[], env: NodeJS.ProcessEnv = {}) => {
  const opened = new Terminal(python, program, [server.url, ...words], env)
  open.push(opened)
  return opened
}

describe.skipIf(python === '')('on a terminal', () => {
  test('a page is shown, and a prompt at which its names are called and results awaited', async () => {
    const session = terminal([], { XDG_STATE_HOME: program.path('state') })
    expect(await session.until('> ')).toContain(`Router ${server.url}`)
    session.type('hello()\n')
    await session.until("'Hello World'")
    session.type("const bob = find_user('bob')\n")
    await session.until('> ')
    session.type('bob\n')
    await session.until("message(subject, body = '')")
    session.type('(await bob.greet(users().map(user => user)[0] ?? bob)).length\n')
    await session.until('> ')
    session.type('api.admin.reset().then(text => text.toUpperCase())\n')
    await session.until("'RESET'")
    session.type('api.helo\n')
    await session.until('did you mean "hello"?')
    session.type("find_user('nobody')\n")
    expect(await session.until('404')).not.toContain('node:internal')
    session.type("back(file('package.json')).then(blob => blob.text())\n")
    await session.until('"type": "module"')
    session.type('.exit\n')
    expect(await session.end()).toBe(0)
    const history = program.path('state/hyperglyph/history')
    expect(readFileSync(history, 'utf8')).toContain('api.admin.reset()')
    expect(statSync(history).mode & 0o077).toBe(0)
  })

  test('tab completes what pages offer, and results', async () => {
    const session = terminal([], { XDG_STATE_HOME: program.path('state') })
    await session.until('> ')
    session.type('find_u\t')
    await session.until('find_user')
    session.type("('eve').then(user => globalThis.eve = user)\n")
    await session.until("id: 'eve'")
    session.type('eve.inb\t')
    await session.until('eve.inbox')
    session.type('()\n')
    await session.until('[]')
    session.type("const tef = find_user('tef')\n")
    await session.until('> ')
    session.type('tef.mess\t')
    await session.until('tef.message')
    session.type("('hi')\n")
    await session.until('> ')
    session.type('api.admin.re\t')
    await session.until('api.admin.reset')
  })

  test('bytes that are no text are refused, and control characters are shown rather than obeyed', async () => {
    const picture = terminal(['picture'])
    expect(await picture.end()).toBe(2)
    expect(picture.shown).toBe(
      'hyperglyph: this is image/png, not text: -o FILE keeps it, and | hands it on\n',
    )
    const [poem, title] = [terminal(['poem']), terminal(['escape'])]
    expect(await poem.end()).toBe(0)
    expect(poem.raw).toBe('roses\r\nare \\x1b[31mred\r\n')
    expect(await title.end()).toBe(0)
    expect(title.raw).toBe('a\\x1b]0;title\\x07b\r\n')
  })

  test('blobs have a progress bar in both directions', async () => {
    program.write('bar.bin', new Uint8Array(3 * 2 ** 20))
    const session = terminal(['back', '@bar.bin', '-o', 'bar.copy'])
    expect(await session.end()).toBe(0)
    expect(session.shown).toMatch(/upload bar.bin \[#{24}\] 3.0 MiB of 3.0 MiB, \S+ \w+\/s\n/)
    expect(session.shown).toMatch(/download .*3.0 MiB.*\/s\n$/)
    expect(statSync(program.path('bar.copy')).size).toBe(3 * 2 ** 20)
  })
})
