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
  while (!printed.includes('/news\n') && child.exitCode === null && Date.now() < deadline) {
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return { child, ended, output: () => printed }
}

test("with --once it prints the client's steps, and ends", async () => {
  const { code, stdout, stderr } = await run(process.execPath, [...program, '--once'], {
    env: { ...process.env, PORT: '0' },
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const steps = stdout.split('\n').filter(line => /^ {8}|^\w+ \w/.test(line) && !/^client|^The /.test(line))
  expect(steps).toEqual([
    '        → Post office { find_user(name), people(), sign_up(id, about?), login(name, password), logout(), introduce(user, other), news(), hello(name?), User(id), Message(number), Archived(number) }',
    'Users and their messages',
    '        → Hello you',
    "        → User { id: 'bob', about: 'Feels good, man.', joined: 2012-07-01T12:00:00.000Z, messages: 0, inbox(), message(subject, body?, attachment?) }",
    '        → null',
    "        → User { id: 'tef', about: 'Writes hypermedia.', joined: 2012-07-01T12:00:00.000Z, messages: 0, inbox(), message(subject, body?, attachment?) }",
    '        → null',
    "        → [ 'Meet tef', 'lol' ]",
    'An attachment',
    '        → null',
    '        big.bin: 8388608 bytes, the same as were sent',
    'Live news',
    '        → somebody to bob: lol',
    '        → somebody to bob: Meet tef',
    '        → somebody to tef: big',
    '        → somebody to bob: fresh',
    'An object on another server',
    expect.stringMatching(/^ {8}→ Archived \{ subject: 'big', number: 3, body: '', archived: .*Z \}$/),
    '        big is there now',
    'What goes wrong says what is wrong',
    '        → POST /find_user/: 404 nobody is called "nobody"',
    '        → POST /User/…/message: 422 invalid argument "subject": Say in a word what it is about.',
    '        → the page "User" at /User/…/ has no "mesage"; did you mean "message"? It offers: id, about, joined, messages, inbox, message',
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
  for (const line of lines) {
    // The news don't end by themselves.
    const within = line.endsWith('/news') ? '--max-time 2' : ''
    answers.push((await run('sh', ['-c', `${line} --silent --show-error --fail ${within}`])).stdout)
  }
  const [index = '', hello, typed, user = '', message, inbox, news] = answers
  expect(Object.keys(JSON.parse(index).content)).toContain('find_user')
  expect([hello, typed, message]).toEqual(['"Hello you"', '"Hello JSON"', ''])
  expect(JSON.parse(user).content.id).toBe('bob')
  const [newest] = JSON.parse(inbox ?? '')
  expect(newest.content).toMatchObject({ subject: 'Hello', body: 'from curl' })
  expect(news).toContain('somebody to bob: Hello')
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
