// undici, which takes as long to load as the rest of the client: not before it is needed.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The number of undici's modules in a process, after it has run some lines. */
function loadedBy(lines: string): number {
  const program = `
    import { createRequire } from 'node:module'
    ${lines}
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    console.log(loaded.filter(path => path.includes('/undici/')).length)`
  const args = ['--input-type=module', '-e', program]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  expect(stderr).toBe('')
  return Number(stdout)
}

const local = `
  const { Router } = await import('./dist/server/index.js')
  const { get, local } = await import('./dist/client/index.js')
  const api = await get('http://local/', { transport: local(new Router({ hello: () => 'Hello' })) })
  await api.hello()`

test('a client, and calls in one process, do without undici', () => {
  expect(loadedBy(local)).toBe(0)
}, 60_000)

test('the first request over a socket loads it', () => {
  const request = `
    const { get } = await import('./dist/client/index.js')
    await get('http://127.0.0.1:1/', { retries: 0 }).catch(() => undefined)`
  expect(loadedBy(request)).toBeGreaterThan(0)
}, 60_000)
