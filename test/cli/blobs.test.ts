// Files up and down by the command: by name, from standard input, whole or not at all.

import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, expect, test, vi } from 'vitest'
import { serve } from '../../index.js'
import { Program } from './program.js'
import { router } from './site.js'

// Processes are slow to start where others run.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const program = await Program.build()
const server = await serve(router, { port: 0 })
afterAll(async () => {
  await server.close(0)
  await program.close()
})

test('20 MiB make the round trip from file to file', async () => {
  const content = randomBytes(20 * 2 ** 20)
  program.write('big.bin', content)
  const { code, stderr } = await program.run([server.url, 'back', '@big.bin', '-o', 'copy.bin'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(readFileSync(program.path('copy.bin')).equals(content)).toBe(true)
})

test('a file has its name and content type, also beside other arguments', async () => {
  const path = program.write('pictures/a b.png', 'not really')
  const hash = createHash('sha256').update('not really').digest('hex')
  const { stdout } = await program.run([server.url, 'upload', 'one', `content=@${path}`])
  expect(stdout).toBe(`one image/png a b.png ${hash}\n`)
})

test('standard input is a blob', async () => {
  const { stdout } = await program.run([server.url, 'put', 'content=-'], { input: 'typed in' })
  expect(stdout).toBe('typed in\n')
})

test('an empty file is a blob of no bytes', async () => {
  program.write('empty.txt', '')
  const { code, stdout } = await program.run([server.url, 'back', '@empty.txt'])
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
})

test('a pipe gets the bytes as they are', async () => {
  const { stdout } = await program.runForBytes([server.url, 'picture'])
  expect([...stdout]).toEqual([137, 80, 78, 71, 0, 1, 2, 3])
})

test('values go to a file too, and a stream that breaks leaves none', async () => {
  expect((await program.run([server.url, 'count', '2', '--json', '-o', 'counts'])).stdout).toBe('')
  expect(readFileSync(program.path('counts'), 'utf8')).toBe('{"at":1}\n{"at":2}\n')
  const { code } = await program.run([server.url, 'broken', '-o', 'counts-broken'])
  expect(code).toBe(1)
  expect(readdirSync(program.folder).filter(name => /counts.+/.test(name))).toEqual([])
})

test('who reads no further ends a stream, without a word', async () => {
  const child = program.start([server.url, 'count', '1000000000'])
  let said = ''
  child.stderr.on('data', text => (said += text))
  await new Promise(resolve => child.stdout.once('data', resolve))
  child.stdout.destroy()
  const code = await new Promise(resolve => child.once('exit', resolve))
  expect({ code, said }).toEqual({ code: 141, said: '' })
})
