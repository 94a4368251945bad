// Lines on standard input: what they print, and that they end, whatever they do.

import { once } from 'node:events'
import { afterAll, expect, test, vi } from 'vitest'
import { Router, serve } from '../../index.js'
import { Program } from './program.js'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const program = await Program.build()
const server = await serve(new Router({ hello: (name = 'World') => `Hello ${name}` }), { port: 0 })
afterAll(async () => {
  await server.close(0)
  await program.close()
})

const run = (input: string, ...words: string[]) => program.run([server.url, ...words], { input })

test('the console writes to standard output, in the order of the lines, and errors to standard error', async () => {
  const lines = ["console.log('a')", "'b'", "console.error('c')", 'console.log(await hello())', '[1]']
  const { code, stdout, stderr } = await run(`${lines.join('\n')}\nconsole.log(1)`)
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: 'a\nb\nHello World\n[ 1 ]\n1\n',
    stderr: 'c\n',
  })
})

test('what the console writes goes where results go', async () => {
  expect(await run("console.log('a')\n'b'\n", '-o', 'lines.txt')).toEqual({ code: 0, stdout: '', stderr: '' })
  expect((await run('file("lines.txt").then(file => file.text())')).stdout).toBe('a\nb\n\n')
})

test('a line may print more than fits into a pipe', async () => {
  const { code, stdout } = await run(
    "for (let at = 0; at < 50_000; at++) console.log('x'.repeat(99))\n'end'\n",
  )
  expect({ code, bytes: stdout.length, end: stdout.slice(-5) }).toEqual({
    code: 0,
    bytes: 5_000_004,
    end: 'end\n'.padStart(5, '\n'),
  })
})

test.each([
  ['an error', "console.log('a')\nthrow new Error('b')\nconsole.log('c')", 'line 2: Error: b'],
  [
    'an error of a timer',
    "void setTimeout(() => { throw new Error('b') })\nnew Promise(done => setTimeout(done, 50))",
    'line 2: Error: b',
  ],
  [
    'a rejection that nobody waits for',
    "void Promise.reject(new Error('b'))\nnew Promise(done => setTimeout(done, 50))",
    'line ',
  ],
  ['one of the last line', "void Promise.reject(new Error('b'))", 'line 1: Error: b'],
  [
    'a line that waits for nothing that could come',
    "console.log('a')\nawait new Promise(() => undefined)",
    'line 2: it waits for something that never comes',
  ],
  ['the end within a statement', "console.log('a')\nhello(", 'line 2: the input ends within a statement'],
  ['a syntax error', 'let = =', 'line 1: '],
])('%s ends them with the code 1', async (_, input, message) => {
  const { code, stdout, stderr } = await run(input)
  expect(code).toBe(1)
  expect(stderr).toContain(`hyperglyph: ${message}`)
  expect(stdout).not.toContain('c')
})

test('whoever reads no more ends a line that goes on for ever', async () => {
  const child = program.start([server.url])
  child.stdin.end("for (;;) { console.log(await hello('x'.repeat(1000))) }\n")
  await once(child.stdout, 'data')
  child.stdout.destroy()
  expect((await once(child, 'close'))[0]).toBe(141)
})

test('Ctrl-C ends a line that waits for ever', async () => {
  const child = program.start([server.url])
  child.stdin.end("console.log('waiting')\nnew Promise(() => setInterval(() => undefined, 1000))\n")
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  expect((await once(child, 'close'))[0]).toBe(130)
})
