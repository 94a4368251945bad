// `npm start`: what it prints, the curl lines that it suggests, and that it ends when asked to.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { root, run } from './run.js'

const program = ['--import', import.meta.resolve('tsx'), `${root}examples/start.ts`]
const leftovers = () => readdirSync(tmpdir()).filter(name => name.startsWith('hyperglyph-start-'))

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts it, and waits until it has printed what follows the client's end. */
async function start(environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, program, { cwd: root, env: { ...process.env, ...environment } })
  children.push(child)
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    printed += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    printed += text
  })
  const ended = once(child, 'exit')
  const deadline = Date.now() + 60_000
  while (!printed.includes('/files/\n') && child.exitCode === null && Date.now() < deadline) {
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return { child, ended, output: () => printed }
}

test("with --once it prints the client's steps, and ends", async () => {
  const { code, stdout, stderr } = await run(process.execPath, [...program, '--once'], {
    env: { ...process.env, PORT: '0' },
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const steps = stdout.split('\n').filter(line => /^ {8}|^\w+ \w/.test(line) && !line.startsWith('server'))
  expect(steps).toEqual([
    '        → Router { User(id), Queue(), File(id), hello(name?), find_user(name), introduce(user, other), queue(), upload(id, content), files() }',
    'Users and a message box',
    '        → Hello you',
    "        → User { id: 'bob', message(subject, body?), inbox() }",
    '        → null',
    "        → User { id: 'tef', message(subject, body?), inbox() }",
    '        → null',
    "        → [ { subject: 'lol', body: 'feels good man' }, { subject: 'Meet tef', body: '' } ]",
    'A crawl queue',
    '        → Queue { length: 0, push(links), pop() }',
    '        → null',
    '        crawled /: 2 links',
    '        crawled /about: 2 links',
    '        crawled /news: 0 links',
    'A blob store',
    "        → File { id: 'big.bin', write(content), read() }",
    '        file.read() gave 8388608 bytes, the same as were sent',
    "        → [ 'big.bin' ]",
    'What goes wrong says what is wrong',
    '        → POST /find_user/: 404 no user is called "nobody"',
    '        → the page "User" at /User/…/ has no "mesage"; did you mean "message"? It offers: id, message, inbox',
  ])
})

test('it goes on serving, its curl lines work, and Ctrl-C ends it with nothing left behind', async () => {
  const before = leftovers()
  const { child, ended, output } = await start({ PORT: '0' })
  const lines = output()
    .split('\n')
    .filter(line => line.startsWith('  curl '))
    .map(line => line.trim())
  const answers: string[] = []
  for (const line of lines)
    answers.push((await run('sh', ['-c', `${line} --silent --show-error --fail`])).stdout)
  const [index = '', hello, typed, user = '', message, inbox, files] = answers
  expect(Object.keys(JSON.parse(index).content)).toContain('find_user')
  expect([hello, typed, message]).toEqual(['"Hello you"', '"Hello JSON"', ''])
  expect(JSON.parse(user).content.id).toBe('bob')
  expect(JSON.parse(inbox ?? '').at(-1)).toEqual({ subject: 'Hello', body: 'from curl' })
  expect(JSON.parse(files ?? '')).toEqual(['big.bin'])
  expect(lines).toHaveLength(7)
  child.kill('SIGINT')
  expect(await ended).toEqual([0, null])
  expect(leftovers()).toEqual(before)
})

test('where its port is taken it says so if the port was asked for', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const before = leftovers()
  const asked = await run(process.execPath, program, { env: { ...process.env, PORT: String(port) } })
  taken.close()
  expect(asked.code).toBe(1)
  expect(asked.stderr).toContain('EADDRINUSE')
  expect(leftovers()).toEqual(before)
})
