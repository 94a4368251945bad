// `hyperglyph URL NAME …` as a process, against a real server: what it prints, and how it ends.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Server, serve } from '../../index.js'
import { Program, type Ran } from './program.js'
import { boxes, router } from './site.js'

const printed: [words: string[], output: string][] = [
  [['hello'], 'Hello World\n'],
  [['hello', 'Bob'], 'Hello Bob\n'],
  [['hello', 'name=Bob'], 'Hello Bob\n'],
  [['hello', ':="."'], 'Hello .\n'],
  [['hello', '--', '--json'], 'Hello --json\n'],
  [['hello', '1+1=2'], 'Hello 1+1=2\n'],
  [['nothing'], ''],
  [['nothing', '--json'], 'null\n'],
  [['find_user', 'bob', '.', 'id'], 'bob\n'],
  [['find_user', 'bob', '.', 'inbox'], '[]\n'],
  [['admin.reset'], 'reset\n'],
  [['admin', '.', 'deep.er'], 'deeper\n'],
  [['users', '.', '1.id'], 'tef\n'],
  [['users', '.', '0', '.', 'inbox'], '[]\n'],
  [['later.step'], '[]\n'],
  [['values.a.b.c'], '7\n'],
  [['values.when'], '1970-01-01T00:00:00.000Z\n'],
  [['values.wait'], 'PT1H30M\n'],
  [['values.pairs.1'], 'one\n'],
  [['count', '3'], '{ at: 1 }\n{ at: 2 }\n{ at: 3 }\n'],
  [['count', '2', '--json'], '{"at":1}\n{"at":2}\n'],
  [['poem'], 'roses\nare \x1b[31mred\n'],
  [
    ['typed', '-5', 'on=yes', ':=["q"]', '--json'],
    '{"count":-5,"on":true,"tags":["q"],"wait":null,"text":"x"}\n',
  ],
  [['echo', ':={"$datetime":"1970-01-01T00:00:00Z"}'], '1970-01-01T00:00:00.000Z\n'],
  [
    ['values', '--json'],
    '{"when":"1970-01-01T00:00:00.000000Z","wait":"P0Y0M0DT1H30M0S","big":1180591620717411303424,' +
      '"tags":["a"],"pairs":[[1,"one"]],"bytes":"AQI=","a.b":{"c":7}}\n',
  ],
]

const failing: [words: string[], code: number, message: string | RegExp][] = [
  [
    ['helo'],
    2,
    /^hyperglyph: the page "Router" at \/ has no "helo"; did you mean "hello"\? It offers: User, /,
  ],
  [['find_user'], 2, 'hyperglyph: find_user(name): missing "name"\n'],
  [
    ['hello', 'nmae=Bob'],
    2,
    'hyperglyph: hello(name = \'World\') has no argument "nmae"; did you mean "name"? It takes: name. ' +
      '(Text with "=" in it is given by name, or as :=JSON)\n',
  ],
  [['hello', 'a', 'b'], 2, "hyperglyph: hello(name = 'World') takes name; there are 2 arguments\n"],
  [['hello', 'name=a', 'name=b'], 2, 'hyperglyph: hello(name = \'World\'): "name" is given twice\n'],
  [['typed', 'many'], 2, /"count" takes a number, as its default does, not "many"; :=JSON sends anything\n$/],
  [['typed', 'on=perhaps'], 2, /"on" takes true or false/],
  [['echo', ':=nope'], 2, /"value": not JSON: .*; text is to be in quotes: "nope"\n$/],
  [['find_user', 'bob', '.', 'id', 'more'], 2, 'hyperglyph: "id" is data: it takes no arguments\n'],
  [['values.bigg'], 2, /^hyperglyph: there is no "bigg" in a dict; did you mean "big"\? It has: /],
  [['values.zzzzzz'], 2, /^hyperglyph: there is no "zzzzzz" in a dict\. It has: when, /],
  [['nothing', '.', 'more'], 2, 'hyperglyph: there is no "more" in nothing: the call gave no value\n'],
  [['hello', '.'], 2, /^hyperglyph: a name is missing beside "."/],
  [['hello', '--jsn'], 2, "hyperglyph: Unknown option '--jsn'; did you mean --json?\n"],
  [['hello', '--timeout', 'soon'], 2, /^hyperglyph: --timeout takes a number from 0.001 to/],
  [['hello', '--header', 'nothing'], 2, /^hyperglyph: --header takes 'Name: value'/],
  [['hello', '--user', 'bob'], 2, 'hyperglyph: --user takes NAME:PASSWORD\n'],
  [
    ['find_user', 'nobody'],
    1,
    'hyperglyph: POST /find_user/: 404 nobody is called "nobody"\n  { name: \'nobody\' }\n',
  ],
  [['hang', '--timeout', '0.2'], 3, /^hyperglyph: POST \/hang\/: .*200 ms/],
  [['put', '@missing.txt'], 5, /^hyperglyph: there is no .*missing.txt$/m],
]

// Processes are slow to start where others run.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let program: Program
let server: Server
const results = new Map<readonly string[], Ran>()
const resultOf = (words: readonly string[]) => results.get(words) as Ran
beforeAll(async () => {
  program = await Program.build()
  server = await serve(router, { port: 0 })
  const commands = [...printed, ...failing].map(([words]) => words)
  const ran = await program.runMany(commands.map(words => [server.url.slice('http://'.length), ...words]))
  for (const [index, words] of commands.entries()) results.set(words, ran[index] as Ran)
})
afterAll(async () => {
  await server.close(0)
  await program.close()
})
beforeEach(() => boxes.clear())

const run = (words: string[], env: NodeJS.ProcessEnv = {}) =>
  program.run([server.url.slice('http://'.length), ...words], { env })

test('what is no hyperglyph server is said to be none', async () => {
  const other = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<p>hello'))
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const { port } = other.address() as AddressInfo
  const found = await program.run([`127.0.0.1:${port}`, 'hello'])
  await new Promise(resolve => other.close(resolve))
  const message = 'hyperglyph: here is text/html, and no page: is this the URL of a hyperglyph server?\n'
  expect(found).toEqual({ code: 2, stdout: '', stderr: message })
})

describe('what is called and printed', () => {
  test.each(printed)('%j', (words, output) => {
    expect(resultOf(words)).toEqual({ code: 0, stdout: output, stderr: '' })
  })

  test('without a name it prints the page, with what it offers', async () => {
    const { stdout } = await run([])
    const [title, ...lines] = stdout.trimEnd().split('\n')
    expect(title).toBe(`Router ${server.url}`)
    expect(lines).toContain('  find_user(name)')
    expect(lines).toContain("  typed(count = 3, on = false, tags = [ 'a' ], wait?, text = 'x')")
    expect(lines).toContain('  admin: admin { deep: deep { er() }, reset() }')
  })

  test('a redirect is followed to the page of an object, and its URL can be called and passed on', async () => {
    const { stdout } = await run(['find_user', 'bob'])
    const [, url = ''] = /^User (\S+)\n {2}id: 'bob'\n {2}message\(subject, body = ''\)\n/.exec(stdout) ?? []
    expect(await program.run([url, 'message', 'hi', 'body=there'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
    expect(boxes.get('bob')).toEqual([{ subject: 'hi', body: 'there' }])
    const greeted = await run(['find_user', 'tef', '.', 'greet', `@${url}`])
    expect(greeted.stdout).toBe('tef greets bob\n')
  })
})

describe('lines on standard input', () => {
  const piped = (lines: readonly string[], ...options: string[]) =>
    program.run([server.url, ...options], { input: lines.join('\n') })

  test('run one after the other, over several lines too, and print what they give', async () => {
    const lines = [
      'const ann = await find_user("ann")',
      '',
      'ann.message("hi",',
      '  "there")',
      'ann.inbox()',
      'hello()',
      'count(2)',
      'nothing()',
      '[1, "two"]',
    ]
    const output = "[ { subject: 'hi', body: 'there' } ]\nHello World\n{ at: 1 }\n{ at: 2 }\n[ 1, 'two' ]\n"
    expect(await piped(lines)).toEqual({ code: 0, stdout: output, stderr: '' })
    expect((await piped(['values().then(all => all.when)'], '--json')).stdout).toBe(
      '"1970-01-01T00:00:00.000000Z"\n',
    )
  })

  const stopping: [lines: string[], message: string][] = [
    [['hello()', 'find_user("nobody")', 'hello("never")'], 'line 2: POST /find_user/: 404 nobody is called'],
    [['hello()', '', 'helo()', 'hello("never")'], 'line 3: ReferenceError: helo is not defined'],
    [['hello()', 'hello(]', 'hello("never")'], "line 2: Unexpected token ']'"],
    [['hello()', 'hello("never",'], 'line 2: the input ends within a statement'],
  ]
  test.each(stopping)('%j stop at the first that fails', async (lines, message) => {
    const { code, stdout, stderr } = await piped(lines)
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'Hello World\n' })
    expect(stderr).toContain(`hyperglyph: ${message}`)
  })
})

describe('what goes wrong', () => {
  test.each(failing)('%j ends with %i', (words, code, message) => {
    const { stderr, ...ended } = resultOf(words)
    expect(ended).toEqual({ code, stdout: '' })
    expect(stderr).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })

  test('a stream that breaks has printed what came', async () => {
    expect(await run(['broken'])).toEqual({
      code: 1,
      stdout: 'first\n',
      stderr: 'hyperglyph: POST /broken/: 503 the disk is gone\n',
    })
  })

  test('a server that is not there ends with 3, and a URL that is none with 2', async () => {
    const [absent, none] = await Promise.all([
      program.run(['127.0.0.1:1', 'x']),
      program.run(['ftp://x', 'x']),
    ])
    expect({ code: absent?.code, stderr: absent?.stderr }).toEqual({
      code: 3,
      stderr: 'hyperglyph: GET /: connect ECONNREFUSED 127.0.0.1:1 (not sent)\n',
    })
    expect({ code: none?.code, stderr: none?.stderr }).toEqual({
      code: 2,
      stderr: 'hyperglyph: not an http(s) URL: ftp://x\n',
    })
  })

  test('Ctrl-C ends a call with 130, and nothing is said', async () => {
    const child = program.start([server.url, 'hang', '-v'])
    let said = ''
    child.stderr.setEncoding('utf8').on('data', text => (said += text))
    // Its first page is there: the second request is under way, or about to be.
    while (!said.includes('\n')) await new Promise(resolve => setTimeout(resolve, 10))
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(said.split('\n').filter(line => line.startsWith('hyperglyph:'))).toEqual([])
  })
})

test('headers, user and password go along, and --verbose says what is requested without them', async () => {
  const { stdout, stderr, code } = await run([
    'headers',
    '-H',
    'X-Colour: blue',
    '-u',
    'bob:p w',
    '--verbose',
  ])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `{ colour: 'blue', authorization: 'Basic ${btoa('bob:p w')}' }\n`,
  })
  expect(stderr.replace(/\d+ ms/g, 'N ms').split('\n')).toEqual([
    `GET ${server.url} 200 application/vnd.hyperglyph+cbor (N ms)`,
    `GET ${server.url}headers/ 200 application/vnd.hyperglyph+cbor (N ms)`,
    '',
  ])
  const inUrl = await program.run([server.url.replace('//', '//bob:p%20w@'), 'headers.authorization'])
  expect(inUrl.stdout).toBe(`Basic ${btoa('bob:p w')}\n`)
})

test('--help tells of every option and exit code, --version which one it is', async () => {
  const { stdout, code } = await program.run(['--help'])
  expect(code).toBe(0)
  for (const word of [
    '--output',
    '--json',
    '--header',
    '--user',
    '--timeout',
    '--verbose',
    '--watch',
    '--port',
  ]) {
    expect(stdout).toContain(word)
  }
  expect(stdout).toMatch(
    /Exit codes\n {2}0 {4}done\n {2}1 {4}the server answered with an error, or a piped line failed\n/,
  )
  expect((await program.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})
