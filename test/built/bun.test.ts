// What is built, on Bun: its fetch in the place of undici, its sockets, its iterators. Bun is a package of npm's.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root, run } from './run.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hyperglyph-bun-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The package with the program itself: that of `bun` would fetch it by a script. */
const name = `@oven/bun-${process.platform}-${process.arch}`
writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
const installed = spawnSync('npm', ['install', ...flags, `${name}@1`], {
  cwd: folder,
  encoding: 'utf8',
  timeout: 180_000,
})
const bun = installed.status === 0 ? join(folder, 'node_modules', name, 'bin/bun') : undefined
if (bun === undefined) {
  const message = `${name} cannot be had: ${installed.stderr.trim().split('\n')[0]}`
  if (process.env.CI) throw new Error(message)
  console.warn(`Skipped what needs Bun. ${message}`)
}
mkdirSync(join(folder, 'node_modules'), { recursive: true })
symlinkSync(root, join(folder, 'node_modules/hyperglyph'))

const program = `
import { Router, blob, get, redirect, serve } from 'hyperglyph'
import * as client from 'hyperglyph/client'
class User { constructor(id) { this.id = id } greet() { return 'hello ' + this.id } }
const router = new Router({
  User,
  find: redirect(id => new User(id)),
  size: file => file.size,
  *count(to) { for (let at = 1; at <= to; at++) yield at },
})
const server = await serve(router, { port: 0 })
for (const entry of [{ get }, client]) {
  const api = await entry.get(server.url)
  console.log(await api.find('bob').greet(), await api.size(blob(new Uint8Array(3_000_000))))
  const numbers = []
  for await (const number of api.count(3)) numbers.push(number)
  console.log(numbers.join())
}
await server.close()
`

test.skipIf(bun === undefined)('a server and a client run on Bun, and call each other', async () => {
  writeFileSync(join(folder, 'program.js'), program)
  expect(await run(bun as string, ['program.js'], { cwd: folder })).toEqual({
    code: 0,
    stdout: 'hello bob 3000000\n1,2,3\nhello bob 3000000\n1,2,3\n',
    stderr: '',
  })
})

test.skipIf(bun === undefined)('on Bun the transport is its own fetch', async () => {
  writeFileSync(
    join(folder, 'transport.js'),
    `let asked = 0
    const own = globalThis.fetch
    globalThis.fetch = (...parameters) => own(...parameters, asked++)
    const { get, Router, serve } = await import('hyperglyph')
    const server = await serve(new Router({ hello: () => 'hello' }), { port: 0 })
    console.log(await (await get(server.url)).hello(), asked)
    await server.close()`,
  )
  expect(await run(bun as string, ['transport.js'], { cwd: folder })).toEqual({
    code: 0,
    stdout: 'hello 2\n',
    stderr: '',
  })
})
