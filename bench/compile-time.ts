// What the client's types cost the compiler: an API of 500 functions and 100 classes that refer to each other,
// checked alone and together with a client that uses all of it. Run: tsx bench/compile-time.ts

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const functions = 500
const classes = 100
const runs = 5

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
const next = (index: number, step: number) => (index + step) % classes

const oneClass = (i: number) => `
export class C${i} {
  _hidden = 0
  #secret = ${i}
  readonly tags: string[] = []
  readonly owner: C${next(i, 1)} | null = null
  readonly where = { x: ${i} as number, y: new Date(), near: [] as C${next(i, 2)}[] }
  constructor(readonly id: string, public count = ${i}) {}
  get title() { return this.id + this.#secret }
  rename(id: string, reason?: string) { return id + reason }
  next(): C${next(i, 1)} { return new C${next(i, 1)}(this.id) }
  async find(query: { text: string; near?: C${next(i, 3)} }) { return [new C${next(i, 3)}(query.text)] }
  maybe(other: C${next(i, 5)}): C${next(i, 7)} | null { return other.count ? null : new C${next(i, 7)}('') }
  private audit() { return this._hidden }
  self() { this.audit(); return this }
}`

const oneFunction = (i: number) => {
  const name = `C${i % classes}`
  const shapes = [
    `f${i}: (id: string, count = 1) => new ${name}(id, count),`,
    `f${i}: async (object: ${name}) => ({ object, at: new Date(), n: ${i} as number }),`,
    `f${i}: (a: number, b?: number) => a + (b ?? 0),`,
    `f${i}: (list: ${name}[]) => new Map(list.map(item => [item.id, item])),`,
    `f${i}: (p: { x: number; y: { z: string[] } }): { x: number; y: { z: string[] }; by: ${name} } | null => ({ ...p, by: new ${name}('') }),`,
  ]
  return shapes[i % shapes.length]
}

// One use a function, as in a program: the compiler's flow analysis of one long body would be measured else.
const inFunction = (name: string, body: string) =>
  `export async function use${name}(api: Remote<Api>) {\n${body}\n}`

/** Each function is called, its result awaited or gone on with; each class is made and walked. */
const oneCall = (i: number) => {
  const made = `api.C${i % classes}('x')`
  const shapes = [
    `const r${i}: string = await api.f${i}('a').next().rename('b')`,
    `const r${i}: Date = (await api.f${i}(${made})).at`,
    `const r${i}: number = await api.f${i}(api.f${i}(1), 2)`,
    `const r${i} = (await api.f${i}([${made}])).get('x')?.title`,
    `const r${i} = (await api.f${i}({ x: 1, y: { z: ['a'] } }))?.by.where.x`,
  ]
  return inFunction(`F${i}`, `${shapes[i % shapes.length]}\nreturn r${i}`)
}

const oneWalk = (i: number) =>
  inFunction(
    `C${i}`,
    `const c = await api.C${i}('x', 1)
const w: string = await c.next().self().next().rename('y')
const o = (await c.maybe(c.next().next().next().next().next()))?.owner?.where.near[0]
const d = await c.find({ text: c.id, near: api.C${next(i, 3)}('z') })
return [w, o?.title, d[0]?.count]`,
  )

const api = [
  ...numbers(classes).map(oneClass),
  'declare class Router<T> { constructor(members: T); declare readonly "~remote"?: T; fetch(): void }',
  'export const router = new Router({',
  ...numbers(classes).map(i => `C${i},`),
  ...numbers(functions).map(oneFunction),
  '})',
  'export type Api = typeof router',
].join('\n')

const client = [
  `import type { Remote } from ${JSON.stringify(here('../client/remote.js'))}`,
  "import type { Api } from './api.js'",
  'declare function get<T>(url: string): Promise<Remote<T>>',
  "export const page = get<Api>('http://localhost:8000/')",
  ...numbers(functions).map(oneCall),
  ...numbers(classes).map(oneWalk),
].join('\n')

/** The compiler's types are imported either way, so that the difference is their use. */
const idle = [
  `import type { Remote } from ${JSON.stringify(here('../client/remote.js'))}`,
  "import type { Api } from './api.js'",
  'export type Unused = [Remote<string>, Api]',
].join('\n')

const folder = mkdtempSync(join(tmpdir(), 'compile-time-'))

/** The median time of a whole check, in seconds. */
function measure(name: string): number {
  const config = {
    extends: here('../tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      declaration: false,
      declarationMap: false,
      sourceMap: false,
      rootDir: '/',
      typeRoots: [here('../node_modules/@types')],
      noUnusedLocals: false,
    },
    include: ['api.ts', `${name}.ts`],
  }
  const path = join(folder, `${name}.json`)
  writeFileSync(path, JSON.stringify(config))
  const times = numbers(runs + 1).map(() => {
    const start = performance.now()
    const { status, stdout } = spawnSync(
      process.execPath,
      [here('../node_modules/typescript/bin/tsc'), '-p', path, '--pretty', 'false'],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(`the generated code does not compile:\n${stdout.slice(0, 2000)}`)
    return (performance.now() - start) / 1000
  })
  // The first run warms the file cache.
  return times.slice(1).sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0
}

try {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'api.ts'), api)
  writeFileSync(join(folder, 'client.ts'), client)
  writeFileSync(join(folder, 'idle.ts'), idle)
  const without = measure('idle')
  const used = measure('client')
  console.log(`check of ${functions} functions and ${classes} classes, median of ${runs}`)
  console.log(`  the server's types alone      ${without.toFixed(2)} s`)
  console.log(`  with a client that uses all   ${used.toFixed(2)} s`)
  console.log(`  extra                         ${(used - without).toFixed(2)} s (target: under 1 s)`)
} finally {
  rmSync(folder, { recursive: true })
}
