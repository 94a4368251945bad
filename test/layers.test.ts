// The arrows of the imports: they run down the house of CONTRIBUTING.md, and in no circle; one package, one importing
// file; no source that has grown beyond reading; no test that was switched off.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { circlesIn, houseOf, misplaced, sourceOf } from './house.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The one file that imports a package; the others get what they need from it. */
const importers: Readonly<Record<string, string>> = {
  '@fastify/busboy': 'server/core/requests/multipart.ts',
  '@hono/node-server': 'server/node/connections/adapter.ts',
  '@opentelemetry/api': 'server/node/serving/tracing.ts',
  '@noble/ciphers': 'server/core/sealing/siv.ts',
  '@standard-schema/spec': 'server/core/schemas/standard-schema.ts',
  acorn: 'server/core/reflection/source.ts',
  hono: 'server/hono.ts',
  'hono/basic-auth': 'server/features/identity/basic.ts',
  'hono/bearer-auth': 'server/features/identity/bearer.ts',
  'hono/cookie': 'server/features/identity/cookies.ts',
  'hono/html': 'server/features/html/markup.ts',
  'hono/utils/mime': 'server/features/files/content-types.ts',
  'ipaddr.js': 'lib/addresses.ts',
  undici: 'client/transport/undici.ts',
}

/** Packages that exist for the compiler only: imported as types, whatever else they may hold. */
const typesOnly = new Set(['@standard-schema/spec'])

/** Where Node's own modules may be used: what a browser loads has none. */
const onNode = new Set(['server', 'cli', 'examples'])
/** What only Node's transport imports. */
const onNodeAlone = new Set(['client/transport/content-coding.ts'])

/** What examples may import: applications have validators, and make views with Hono. */
const ofExamples = new Set(['hyperglyph', 'hono', 'zod'])

const mostLines = 300
/** Files that are longer, and why they are one file. */
const longer: Readonly<Record<string, string>> = {
  'bench/peers/connect/bench_pb.ts': 'generated, for a peer of the measurements',
}

interface Import {
  readonly from: string
  readonly types: boolean
}

/** The measurements have packages and built files of their own below their folder. */
const isSource = (path: string) => path.endsWith('.ts') && !/(?:^|\/)(?:node_modules|dist)\//.test(path)

const filesOf = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(isSource)
    .map(path => join(folder, path))

const layers = ['lib', 'client', 'server', 'cli', 'examples']
const files = [...layers.flatMap(filesOf), 'index.ts']
const everything = [...files, ...filesOf('test'), ...filesOf('bench')]

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** The modules that a file imports, re-exports, or loads. Comments hold none of these words at a line's start. */
function importsOf(file: string): Import[] {
  const statement = /^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
  const loading = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
  const source = read(file)
  return [
    ...Array.from(source.matchAll(statement), ([, types, from = '']) => ({
      from,
      types: types !== undefined,
    })),
    ...Array.from(source.matchAll(loading), ([, from = '']) => ({ from, types: false })),
  ]
}

const layerOf = (file: string): string => (dirname(file) === '.' ? '.' : (file.split('/', 1)[0] as string))

const packageOf = (from: string): string => from.split('/', from.startsWith('@') ? 2 : 1).join('/')

/** What is wrong with an import; undefined for one that keeps to the arrows. */
function problemOf(file: string, { from, types }: Import): string | undefined {
  const layer = layerOf(file)
  if (from.startsWith('.')) {
    const target = sourceOf(file, from)
    if (layer === 'examples' && layerOf(target) !== layer) return 'an example imports hyperglyph by its name'
    return misplaced(file, target)
  }
  if (from.startsWith('node:'))
    return onNode.has(layer) || onNodeAlone.has(file) ? undefined : `${layer} runs without Node`
  if (from === '#transport') return file === 'client/get.ts' ? undefined : 'only client/get.ts chooses'
  const name = packageOf(from)
  if (layer === 'examples')
    return ofExamples.has(name) ? undefined : 'an example needs hyperglyph, hono and zod only'
  const importer = importers[from] ?? importers[name]
  if (importer !== file) return `${name} is imported by ${importer ?? 'no file'} alone`
  return typesOnly.has(name) && !types ? `${name} gives types only` : undefined
}

test('imports run down the house, and each package has one importer', () => {
  const problems = files.flatMap(file =>
    importsOf(file).flatMap(found => {
      const problem = problemOf(file, found)
      return problem === undefined ? [] : [`${file} imports ${found.from}: ${problem}`]
    }),
  )
  expect(problems).toEqual([])
})

test('no files import each other, directly or around others', () => {
  const inside = (file: string) =>
    importsOf(file).flatMap(({ from }) => (from.startsWith('.') ? sourceOf(file, from) : []))
  expect(circlesIn(new Map(files.map(file => [file, inside(file)])))).toEqual([])
})

test('circles are found, whichever file is first', () => {
  const imports = { a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: ['d', 'x'], f: ['a', 'f'] }
  for (const names of [Object.entries(imports), Object.entries(imports).reverse()])
    expect(circlesIn(new Map(names)).sort()).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ])
})

test.each<[file: string, found: { from: string; types: boolean }, problem: string]>([
  [
    'lib/values/blob.ts',
    { from: '../../server/router.js', types: false },
    'lib imports from below only, and server is above; the file would belong in index or cli, or what it needs belongs lower',
  ],
  [
    'server/core/drawing/pages.ts',
    { from: '../../../client/get.js', types: true },
    'client is on the same floor',
  ],
  ['client/get.ts', { from: '../server/router.js', types: true }, 'server is on the same floor'],
  [
    'server/core/context/context.ts',
    { from: '../../features/identity/session.js', types: true },
    'server/core imports from below only, and server/features is above; the file would belong in server/hono',
  ],
  [
    'server/core/access/guard.ts',
    { from: '../calling/calls.js', types: true },
    'the file would belong in server/core/responses',
  ],
  [
    'server/features/html/forms.ts',
    { from: '../identity/login.js', types: false },
    'server/features/identity is on the same floor; the file would belong where both are below',
  ],
  [
    'server/new/file.ts',
    { from: '../serve.js', types: false },
    'server/new has no floor: name it in the table',
  ],
  ['client/get.ts', { from: 'node:http', types: false }, 'client runs without Node'],
  [
    'client/get.ts',
    { from: 'undici', types: false },
    'undici is imported by client/transport/undici.ts alone',
  ],
  [
    'server/core/handler/handler.ts',
    { from: 'hono/route', types: false },
    'hono is imported by server/hono.ts alone',
  ],
  ['lib/message/codec.ts', { from: 'cbor-x', types: false }, 'cbor-x is imported by no file alone'],
  [
    'server/core/schemas/standard-schema.ts',
    { from: '@standard-schema/spec', types: false },
    'gives types only',
  ],
  ['server/serve.ts', { from: '../cli/command.js', types: false }, 'cli is above'],
  ['index.ts', { from: './cli/command.js', types: false }, 'cli is on the same floor'],
  ['examples/hello.ts', { from: '../index.js', types: false }, 'imports hyperglyph by its name'],
  ['examples/hello.ts', { from: 'undici', types: false }, 'an example needs hyperglyph, hono and zod only'],
])('%s must not import %o', (file, found, problem) => {
  expect(problemOf(file, found)).toContain(problem)
})

test.each([
  ['server/serve.ts', '../lib/values/fault.js'],
  ['server/features/html/forms.ts', '../../core/urls/paths.js'],
  ['server/features/html/forms.ts', './markup.js'],
  ['server/core/urls/paths.ts', './own-urls.js'],
  ['cli/main.ts', '../client/index.js'],
])('%s may import %s', (file, from) => {
  expect(problemOf(file, { from, types: false })).toBeUndefined()
})

test.each([
  ['no block', 'there is no block'],
  ['```house\nserver core → lib\n```', 'no line of the house: server core → lib'],
  ['```house\nserver/ core → lib core\n```', 'server/core stands on two floors'],
])('a table that is none is an error: %j', (page, problem) => {
  expect(() => houseOf(page)).toThrow(problem)
})

test('every package that the sources need is a dependency, and every dependency is needed', () => {
  const { dependencies, peerDependencies } = JSON.parse(read('package.json'))
  const sources = files.filter(file => layerOf(file) !== 'examples')
  const imported = sources.flatMap(importsOf).map(({ from }) => packageOf(from))
  const packages = new Set(imported.filter(name => !/^(?:\.|node:|#|hyperglyph$)/.test(name)))
  expect(Object.keys({ ...dependencies, ...peerDependencies }).sort()).toEqual([...packages].sort())
  expect(new Set(Object.keys(importers).map(packageOf))).toEqual(packages)
})

test('the floor and the client compile without the types of Node', () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const settings = join(root, 'test/browser/tsconfig.json')
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [compiler, '-p', settings, '--noEmit', '--pretty', 'false'],
    { encoding: 'utf8' },
  )
  expect(stdout + stderr).toBe('')
  expect(status).toBe(0)
})

test(`no file is longer than ${mostLines} lines without a reason`, () => {
  const long = everything.filter(file => read(file).split('\n').length - 1 > mostLines)
  expect(long.filter(file => longer[file] === undefined)).toEqual([])
})

test('every source opens with a comment that says what it is', () => {
  const bare = files.filter(file => !/^(?:#!.*\n)?\/\/ \S/.test(read(file)))
  expect(bare).toEqual([])
})

test('no test is switched off, or runs alone', () => {
  const switched = /\b(?:test|it|describe|suite)(?:\.\w+)*\.(?:only|skip|todo|fails)\b/
  expect(filesOf('test').filter(file => switched.test(read(file)))).toEqual([])
})
