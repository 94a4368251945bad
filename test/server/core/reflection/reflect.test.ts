// What reflection makes of functions and classes as tsx, vitest, tsc and minifiers print them, and what it refuses.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type TransformOptions, transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { parametersOf } from '../../../../server/core/reflection/index.js'
import { reflected } from '../../../fixtures/reflected.js'
import * as shapes from '../../../fixtures/shapes.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../../', import.meta.url))
const fixture = join(root, 'test/fixtures/shapes.ts')

/** What every printer must give. */
const state = {
  Resource: '',
  Plain: 'id, _shard as shard? = 1',
  User: 'id',
  Admin: 'id, shard? = 4',
  Alone: 'name',
  Heir: 'id, _shard as shard? = 1',
  MarkedHeir: 'id, _shard as shard? = 1',
  Explicit: "id, name? = 'n', _shard as shard?",
  Accessor: 'name',
  Selfish: 'name',
  Declared: 'id, _shard as shard? = 0',
  Secret: 'refused: private',
  Lost: 'refused: not kept',
  Expression: 'id',
}
const names = Object.fromEntries(Object.keys(state).map(key => [`${key} is named`, key]))
const functions = {
  'Plain.shard': '',
  'User.bio': '',
  'User.message': "title, body? = ''",
  'User.static': 'limit? = 10000000, offset? = -1',
  'User.stream': 'start, step? = 2',
  'Admin.self': '',
  'MarkedHeir.bio': '',
  'Secret.get': '',
  mark: '_target, _context',
  greet: "greeting? = 'World'",
  defaults:
    "list? = [ 1, -2, 'x', [ true, null ] ], dict? = { a: 1, 'b c': { d: false } }, text? = 't', none? = null, " +
    'product? = 60000, low? = -Infinity, dynamic?',
  wait: "seconds, then? = 'done'",
  pair: 'x1, x2',
  destructured: 'refused: destructured',
  unpacked: 'refused: destructured',
  rest: 'refused: list',
}
/** What depends on whether the printer renames what shadows an outer name. */
const kept = { 'User.shadow': "subject, body? = ''", shadowed: "name? = 'World'" }
const renamed = { 'User.shadow': 'refused: renamed', shadowed: 'refused: renamed' }

async function printedByEsbuild(options: TransformOptions): Promise<object> {
  const { code } = await transform(await readFile(fixture, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    ...options,
  })
  return import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)
}

const fields = (useDefineForClassFields: boolean) => ({
  tsconfigRaw: { compilerOptions: { useDefineForClassFields } },
})

describe('the same is read whoever printed the source', () => {
  it('vitest, in this very process', () => {
    expect(reflected(shapes)).toEqual({ ...state, ...names, ...functions, ...renamed })
  })

  it('tsx, in a process of its own', async () => {
    const script = `
      import { reflected } from './test/fixtures/reflected.ts'
      import * as shapes from './test/fixtures/shapes.ts'
      console.log(JSON.stringify(reflected(shapes)))`
    const args = ['--import', 'tsx', '--input-type=module', '-e', script]
    const { stdout } = await run(process.execPath, args, { cwd: root })
    expect(JSON.parse(stdout)).toEqual({ ...state, ...names, ...functions, ...renamed })
  })

  it.each<[string, TransformOptions]>([
    ['as tsx has it', { target: 'node20', keepNames: true }],
    ['as vitest has it', { target: 'node18' }],
    ['assigning fields', { target: 'node20', ...fields(false) }],
    ['defining fields, for an older target', { target: 'es2020', ...fields(true) }],
    ['assigning fields, for an older target', { target: 'es2020', ...fields(false) }],
    ['without async functions', { target: 'es2016' }],
  ])('esbuild %s', async (_, options) => {
    expect(reflected(await printedByEsbuild(options))).toEqual({
      ...state,
      ...names,
      ...functions,
      ...renamed,
    })
  })

  it.each([
    ['es2022', true],
    ['es2022', false],
    ['es2017', true],
    ['es2017', false],
    ['es2016', true],
  ])('tsc for %s with useDefineForClassFields %s', async (target, define) => {
    const folder = await mkdtemp(join(tmpdir(), 'reflect-'))
    try {
      const options = `--ignoreConfig --skipLibCheck --types node --strict --module esnext
        --moduleResolution bundler --target ${target} --lib es2022,esnext.disposable,dom
        --useDefineForClassFields ${define} --outDir ${folder}`
      await run(join(root, 'node_modules/.bin/tsc'), [...options.split(/\s+/), fixture], { cwd: root })
      const code = await readFile(join(folder, 'shapes.js'), 'utf8')
      const printed = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)
      expect(reflected(printed)).toEqual({ ...state, ...names, ...functions, ...kept })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('minified code', () => {
  it('keeps its state, since properties keep their names', async () => {
    const lines = reflected(await printedByEsbuild({ target: 'node20', minify: true }))
    expect(lines).toMatchObject(state)
  })

  it('keeps class names only when the minifier is told to', async () => {
    const lines = reflected(await printedByEsbuild({ target: 'node20', minify: true, keepNames: true }))
    expect(lines).toMatchObject({ ...state, ...names })
  })

  it('keeps defaults, but names of arguments only where they are declared', async () => {
    const printed = (await printedByEsbuild({ target: 'node20', minify: true })) as typeof shapes
    expect(parametersOf(printed.defaults, 'f').map(parameter => parameter.fallback)).toEqual(
      parametersOf(shapes.defaults, 'f').map(parameter => parameter.fallback),
    )
    expect(parametersOf(printed.shadowed, 'f', ['name'])).toEqual([
      { name: 'name', optional: true, fallback: { value: 'World' } },
    ])
  })
})
