// The package as users get it: packed, installed into an empty project, its README run and compiled there.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../ports.js'
import { commands, onPort, type Program, programs, readme } from './readme.js'
import { installed, run } from './run.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hyperglyph-package-')))
const project = join(folder, 'project')
let tarball = ''
let contents: readonly string[] = []

/** The version that the lock file has: it is in npm's cache. */
const versionOf = (name: string): string =>
  `${name}@${JSON.parse(readFileSync(installed(`${name}/package.json`), 'utf8')).version}`

beforeAll(async () => {
  // Not `prepack`, which builds anew: other tests are running what was built.
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder])
  expect(packed.code).toBe(0)
  const listing = JSON.parse(packed.stdout)
  const [{ filename, files }] = Array.isArray(listing) ? listing : Object.values(listing)
  tarball = join(folder, filename)
  contents = files.map(({ path }: { path: string }) => path)
  for (const language of ['js', 'ts']) {
    mkdirSync(join(project, language), { recursive: true })
    for (const { file, code } of programs.filter(program => program.language === language)) {
      writeFileSync(join(project, language, file), code)
    }
  }
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }')
  const tools = ['@types/node', 'tsx', 'typescript', 'zod'].map(versionOf)
  const flags = ['--prefer-offline', '--no-audit', '--no-fund']
  const { code, stderr } = await run('npm', ['install', ...flags, tarball, ...tools], { cwd: project })
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const parametersFor = (language: string) => (language === 'ts' ? ['--import', 'tsx'] : [])

/** Writes the README's program under its name, with another port. */
function write({ language, file, code }: Program, port: number): string {
  const path = join(project, language, file)
  writeFileSync(path, onPort(code, port))
  return path
}

const programOf = (language: string, file: string): Program => {
  const found = programs.find(program => program.language === language && program.file === file)
  if (found === undefined) throw new Error(`the README has no ${file}`)
  return found
}

describe.each(['js', 'ts'])('the README in %s', language => {
  test('its client prints what it says, called on its server in another process', async () => {
    const port = await freePort()
    const file = write(programOf(language, `server.${language}`), port)
    const server = spawn(process.execPath, [...parametersFor(language), file], { cwd: project })
    try {
      let printed = ''
      for await (const text of server.stdout.setEncoding('utf8')) {
        printed += text
        if (printed.includes('\n')) break
      }
      expect(printed).toBe(`Serving on http://127.0.0.1:${port}/\n`)
      const client = programOf(language, `client.${language}`)
      const path = write(client, port)
      expect(await run(process.execPath, [...parametersFor(language), path], { cwd: project })).toEqual({
        code: 0,
        stdout: client.output,
        stderr: '',
      })
      const [curl = ''] = readme.match(/^curl .*$/m) ?? []
      const answer = await run('sh', ['-c', `${onPort(curl, port)} --silent --fail`])
      expect(JSON.parse(answer.stdout)).toMatchObject({ $extension: 'resource', content: { id: 'bob' } })
    } finally {
      server.kill('SIGKILL')
    }
  })
})

test("the README's forms are sent by its curl lines, and give what it says", async () => {
  const port = await freePort()
  const file = write(programOf('ts', 'forms-server.ts'), port)
  writeFileSync(join(project, 'notes.txt'), 'hello\n')
  const server = spawn(process.execPath, [...parametersFor('ts'), file], { cwd: project })
  try {
    const [printed] = await once(server.stdout.setEncoding('utf8'), 'data')
    expect(printed).toContain(`:${port}/`)
    expect(commands.length).toBeGreaterThan(1)
    for (const { command, output } of commands) {
      const { stdout } = await run('sh', ['-c', `${onPort(command, port)} --silent`], { cwd: project })
      expect(stdout).toBe(output)
    }
  } finally {
    server.kill('SIGKILL')
  }
})

const alone = programs.filter(({ file }) => !/^(?:forms-)?(?:server|client)\./.test(file))

test.each(alone)("the README's $file prints what it says", async ({ language, file, output }) => {
  const parameters = [...parametersFor(language), join(project, language, file)]
  expect(await run(process.execPath, parameters, { cwd: project })).toEqual({
    code: 0,
    stdout: output,
    stderr: '',
  })
})

test.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])(
  'the README compiles strictly with module %s and moduleResolution %s',
  async (module, moduleResolution) => {
    const settings = join(project, `tsconfig.${moduleResolution}.json`)
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
      types: ['node'],
      strict: true,
      noEmit: true,
    }
    writeFileSync(settings, JSON.stringify({ compilerOptions, include: ['ts'] }))
    const compiler = join(project, 'node_modules/typescript/bin/tsc')
    const compiled = await run(process.execPath, [compiler, '-p', settings, '--pretty', 'false'], {
      cwd: project,
    })
    expect(compiled).toEqual({ code: 0, stdout: '', stderr: '' })
  },
)

test('publint finds nothing', async () => {
  const bytes = new Uint8Array(readFileSync(tarball))
  const { messages } = await publint({ strict: true, pack: { tarball: bytes.buffer } })
  expect(messages).toEqual([])
})

test('the types are right for every way of resolving ES modules', async () => {
  const command = installed('@arethetypeswrong/cli/dist/index.js')
  const checked = await run(process.execPath, [command, tarball, '--profile', 'esm-only', '--no-color'])
  expect({ code: checked.code, stdout: checked.code === 0 ? '' : checked.stdout }).toEqual({
    code: 0,
    stdout: '',
  })
})

test('the client bundles for browsers without undici and Node', async () => {
  const result = await build({
    stdin: { contents: "export * from 'hyperglyph/client'", resolveDir: project },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    metafile: true,
    minify: true,
  })
  const inputs = Object.keys(result.metafile.inputs).map(path => path.replace(/.*node_modules\//, ''))
  expect(
    inputs.filter(path => path !== '<stdin>' && !/^hyperglyph\/dist\/(?:client|lib)\//.test(path)),
  ).toEqual(['ipaddr.js/lib/ipaddr.js'])
  expect(inputs).toContain('hyperglyph/dist/client/transport/fetch.js')
  expect(inputs).not.toContain('hyperglyph/dist/client/transport/undici.js')
  expect(result.warnings).toEqual([])
})

test('the tarball holds what is built, with its sources in the maps, and documents, and nothing else', () => {
  const built = /^dist\/(?:index|(?:cli|client|lib|server)\/.*)\.(?:js|js\.map|d\.ts)$/
  const documents = [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'bench/RESULTS.md',
    'package.json',
    'spec/command-line.md',
    'spec/decisions.md',
    'spec/evolution.md',
    'spec/extending.md',
    'spec/face.md',
    'spec/face.png',
    'spec/faults.md',
    'spec/files.md',
    'spec/guide.md',
    'spec/identity.md',
    'spec/limits.md',
    'spec/operations.md',
    'spec/options.md',
    'spec/protocol.md',
    'spec/security.md',
    'spec/vectors/README.md',
    'spec/vectors/cbor.json',
    'spec/vectors/json.json',
    'spec/vectors/text.json',
  ]
  expect(contents.filter(path => !built.test(path)).sort()).toEqual(documents)
  expect(contents).toContain('dist/index.d.ts')
  const map = readFileSync(join(project, 'node_modules/hyperglyph/dist/client/client.js.map'), 'utf8')
  const { sources, sourcesContent } = JSON.parse(map)
  expect(sourcesContent[sources.indexOf('../../client/get.ts')]).toContain('export async function get')
})

test('the command of the package serves a module, and calls it', async () => {
  writeFileSync(
    join(project, 'module.ts'),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a module.
    "export const hello = (name: string = 'World') => `Hello ${name}`",
  )
  const command = join(project, 'node_modules/.bin/hyperglyph')
  const server = spawn(command, ['serve', 'module.ts', '--port', '0'], { cwd: project })
  try {
    const [line] = await once(server.stdout.setEncoding('utf8'), 'data')
    const [url = ''] = /http\S+/.exec(line) ?? []
    expect(await run(command, [url, 'hello', 'Bob'])).toEqual({ code: 0, stdout: 'Hello Bob\n', stderr: '' })
  } finally {
    server.kill('SIGKILL')
  }
})

test('each entry offers what it should', async () => {
  const program = `
    for (const entry of ['', '/server', '/client', '/codecs'])
      console.log(entry, Object.keys(await import('hyperglyph' + entry)).sort().join(' '))`
  const file = join(project, 'entries.js')
  writeFileSync(file, program)
  const { stdout } = await run(process.execPath, [file], { cwd: project })
  const [all = [], server = [], client = [], codecs = []] = stdout.split('\n').map(line => line.split(' '))
  for (const name of ['Router', 'serve', 'safe', 'redirect', 'get', 'blob', 'Fault', 'extend', 'Duration']) {
    expect(all).toContain(name)
  }
  expect(server.slice(1).filter(name => !all.includes(name))).toEqual([])
  expect(client.slice(1).filter(name => !all.includes(name))).toEqual([])
  expect(server).not.toContain('get')
  expect(client).not.toContain('Router')
  expect(codecs.slice(1)).toEqual(['cbor', 'codecs', 'json', 'text'])
  for (const name of ['Blob', 'Duration', 'Fault', 'Instant', 'blob', 'extend']) {
    expect(server).toContain(name)
    expect(client).toContain(name)
  }
})

test('what entries share is the same object in each', async () => {
  const program = `
    const [all, ...entries] = await Promise.all(['', '/server', '/client'].map(entry => import('hyperglyph' + entry)))
    for (const entry of entries)
      for (const name of Object.keys(entry)) if (entry[name] !== all[name]) console.log(name)
    console.log('compared')`
  const file = join(project, 'identity.js')
  writeFileSync(file, program)
  expect((await run(process.execPath, [file], { cwd: project })).stdout).toBe('compared\n')
})
