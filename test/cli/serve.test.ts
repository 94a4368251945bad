// `hyperglyph serve MODULE` as a process: what is served of a module, and what --watch does while clients call.

import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, renameSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { get } from '../../index.js'
import { Program, type Ran } from './program.js'

const refused: [file: string, content: string | undefined, words: string[], code: number, message: string][] =
  [
    ['absent.js', undefined, [], 5, 'there is no '],
    ['broken.js', 'export const =', [], 5, "broken.js: Unexpected token '='"],
    ['empty.js', 'export const version = 1', [], 5, 'the module exports nothing to serve'],
    ['open.js', 'export const f = () => 1', ['--host', '0.0.0.0'], 2, 'or say --unsealed'],
    ['port.js', 'export const f = () => 1', ['--port', '70000'], 2, '--port takes a number from 0 to 65535'],
    ['odd.js', 'export const f = () => 1', ['more.js'], 2, 'serve takes one module'],
  ]

// Processes are slow to start where others run.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let program: Program
const results = new Map<string, Ran>()
beforeAll(async () => {
  program = await Program.build()
  for (const [file, content] of refused) if (content !== undefined) program.write(file, content)
  const ran = await program.runMany(refused.map(([file, , words]) => ['serve', file, ...words]))
  for (const [index, [file]] of refused.entries()) results.set(file, ran[index] as Ran)
})
afterAll(() => program.close())

class Serving {
  readonly child: ChildProcessWithoutNullStreams
  said = ''

  constructor(words: readonly string[]) {
    this.child = program.start(['serve', ...words, '--port', '0'])
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', text => (this.said += text))
    }
  }

  /** Waits until a text was said so often. Throws what was said instead. */
  async until(text: string, times = 1): Promise<void> {
    const deadline = Date.now() + 60_000
    while (this.said.split(text).length <= times) {
      if (Date.now() > deadline || this.child.exitCode !== null) throw new Error(this.said)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }

  async url(): Promise<string> {
    await this.until('Serving')
    await this.until('\n')
    return /on (\S+)/.exec(this.said)?.[1] ?? ''
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<unknown> {
    const ended = once(this.child, 'exit')
    this.child.kill(signal)
    return (await ended)[0]
  }
}

test('exported functions and classes are served under their names, with their marks, and a signal ends it', async () => {
  program.write(
    'plain.js',
    `import { safe } from 'hyperglyph'
     export class User { constructor(id) { this.id = id } }
     export const find = safe(id => new User(id))
     export const admin = { reset: () => 'reset' }
     export const version = '1.0', _private = () => 'secret'
     export default function hello(name = 'World') { return 'Hello ' + name }`,
  )
  const serving = new Serving(['plain.js'])
  const api = await get(await serving.url())
  expect(
    Object.getOwnPropertyNames(api)
      .filter(name => /^\w+$/.test(name))
      .sort(),
  ).toEqual(['User', 'admin', 'find', 'hello'])
  expect(await api.hello()).toBe('Hello World')
  expect((await api.find('bob')).id).toBe('bob')
  expect(await api.admin.reset()).toBe('reset')
  expect(await serving.end('SIGINT')).toBe(0)
  expect(serving.said).toMatch(/^Serving plain.js on http:\/\/127.0.0.1:\d+\/\n$/)
})

test('a server whose reader has gone answers, says nothing, and ends when it is told to', async () => {
  program.write('unheard.js', "export const fails = () => { throw new Error('an accident') }")
  const serving = new Serving(['unheard.js'])
  const url = await serving.url()
  serving.child.stdout.destroy()
  serving.child.stderr.destroy()
  for (let round = 0; round < 3; round++) {
    expect((await fetch(`${url}fails/`, { method: 'POST' })).status).toBe(500)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  expect(await serving.end()).toBe(0)
})

test('a router that is exported, in TypeScript, is served as it is', async () => {
  program.write(
    'typed.ts',
    `import { Router, safe } from 'hyperglyph'
     class Cell {
       constructor(readonly at: number) {}
       @safe next() { return new Cell(this.at + 1) }
     }
     export default new Router({ Cell, names: (count: number = 2) => count }, { name: 'Typed' })`,
  )
  const serving = new Serving(['typed.ts'])
  const api = await get(await serving.url())
  expect((await api.Cell(4).next()).at).toBe(5)
  expect(await api.names()).toBe(2)
  expect(await serving.end()).toBe(0)
})

test('--secret-file seals the URLs of what is exported', async () => {
  program.write('cell.js', 'export class Cell { constructor(at) { this.at = at } }')
  program.write('secrets', `${'s'.repeat(40)}\n${'old'.repeat(20)}\n`)
  const serving = new Serving(['cell.js', '--secret-file', 'secrets'])
  const url = await serving.url()
  await (await get(url)).Cell(1)
  const forged = Buffer.from([0xa1, 0x62, 0x61, 0x74, 0x02]).toString('base64url')
  await expect(get(`${url}Cell/${forged}/`)).rejects.toMatchObject({ status: 403 })
  expect(await serving.end()).toBe(0)
})

test.each(refused)('%s cannot be served', (file, _content, _words, code, message) => {
  const { stderr, ...ended } = results.get(file) as Ran
  expect(ended).toEqual({ code, stdout: '' })
  expect(stderr).toContain(message)
})

test('TypeScript without tsx is refused with what to install', async () => {
  const elsewhere = await Program.build({ without: ['tsx'] })
  try {
    elsewhere.write('typed.ts', 'export const f = (a: number) => a')
    // Node 22.18 and later read types by themselves, unless they are told not to.
    const env = 'typescript' in process.features ? { NODE_OPTIONS: '--no-experimental-strip-types' } : {}
    const { code, stderr } = await elsewhere.run(['serve', 'typed.ts'], { env })
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringContaining('npm install --save-dev tsx'),
    })
  } finally {
    await elsewhere.close()
  }
})

/** As editors do: a new file in the place of the old one. */
function replace(name: string, content: string): void {
  renameSync(program.write(`${name}.new`, content), program.path(name))
}

test('with --watch a broken module that writes into its folder is loaded again only when a source changes', async () => {
  const broken = `
    import { appendFileSync, writeFileSync } from 'node:fs'
    const log = new URL('broken-loads.log', import.meta.url)
    appendFileSync(log, 'loaded\\n')
    setTimeout(() => appendFileSync(log, ''), 100)
    KIND
    throw new Error('no database')`
  program.write('logging.ts', 'export const release = () => 1')
  const serving = new Serving(['logging.ts', '--watch'])
  const api = await get(await serving.url())
  const loads = () => readFileSync(program.path('broken-loads.log'), 'utf8').split('loaded').length - 1

  replace('logging.ts', broken.replace('KIND', ''))
  await serving.until('no database')
  const before = loads()
  program.write('broken.db', 'changed')
  await new Promise(resolve => setTimeout(resolve, 1000))
  expect(loads()).toBe(before)

  // One that writes sources is loaded ever more rarely: 15 times a second without the pause.
  const writes = `writeFileSync(new URL('written.js', import.meta.url), String(performance.now()))`
  replace('logging.ts', broken.replace('KIND', writes))
  await new Promise(resolve => setTimeout(resolve, 3000))
  expect(loads()).toBeGreaterThan(before + 1)
  expect(loads()).toBeLessThan(before + 10)
  expect(serving.said.split('no database').length - 1).toBe(1)

  replace('logging.ts', 'export const release = () => 2')
  await serving.until('Loaded logging.ts again')
  expect(await api.release()).toBe(2)
  expect(await serving.end()).toBe(0)
})

test('with --watch the module and what it imports are loaded anew, and no call fails', async () => {
  const moduleOf = (release: number) => `
    import { part } from './part.js'
    export const release = () => [${release}, part]
    export const slow = async () => { await new Promise(resolve => setTimeout(resolve, 1500)); return ${release} }
    export async function* ticks() { for (let at = 0; at < 40; at++) {
      yield ${release}
      await new Promise(resolve => setTimeout(resolve, 50))
    } }
    ${release > 1 ? 'export const added = () => true' : ''}`
  program.write('part.ts', 'export const part: string = "a"')
  program.write('watched.ts', moduleOf(1))
  const serving = new Serving(['watched.ts', '--watch'])
  const url = await serving.url()
  const api = await get(url)

  let calling = true
  const seen: string[] = []
  const caller = async () => {
    while (calling) {
      const result = JSON.stringify(await api.release())
      if (seen.at(-1) !== result) seen.push(result)
    }
  }
  const callers = [caller(), caller()]
  const slow = api.slow()
  const ticks = (async () => {
    const releases = new Set<unknown>()
    for await (const release of api.ticks()) releases.add(release)
    return [...releases]
  })()
  await api.release()

  replace('watched.ts', moduleOf(2))
  await serving.until('Loaded watched.ts again')
  expect(await api.release()).toEqual([2, 'a'])
  expect(await (await get(url)).added()).toBe(true)
  replace('part.ts', 'export const part: string = ')
  await serving.until('Serving what was loaded before')
  expect(await api.release()).toEqual([2, 'a'])
  replace('part.ts', 'export const part: string = "b"')
  await serving.until('Loaded watched.ts again', 2)
  expect(await api.release()).toEqual([2, 'b'])

  // What ran when the module changed has ended as it began.
  expect(await slow).toBe(1)
  expect(await ticks).toEqual([1])
  calling = false
  await Promise.all(callers)
  expect(seen.at(0)).toBe('[1,"a"]')
  expect(seen.at(-1)).toBe('[2,"b"]')
  expect(await serving.end()).toBe(0)
})
