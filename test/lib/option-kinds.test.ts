// The kind and range of every option in spec/options.md, and of what else takes options: checked when it is given. Each
// has values that it takes; of the others, of all kinds, it takes none.

import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import {
  basic,
  bearer,
  Duration,
  factory,
  files,
  form,
  inline,
  Router,
  redirect,
  safe,
  serve,
  session,
  verb,
} from '../../index.js'

const never = () => undefined
const logger = { error: never, warn: never, info: never }
const password = `$scrypt$ln=15,r=8,p=3$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** One of each kind, and what is nearly right. */
const pool: Readonly<Record<string, unknown>> = {
  NaN: Number.NaN,
  '-1': -1,
  '0': 0,
  '1': 1,
  '1.5': 1.5,
  Infinity: Number.POSITIVE_INFINITY,
  '2 ** 31': 2 ** 31,
  '2 ** 53': 2 ** 53,
  'a bigint': 5n,
  true: true,
  false: false,
  null: null,
  empty: '',
  text: 'text',
  digits: '5000',
  any: 'any',
  symbol: Symbol('x'),
  list: [],
  texts: ['text'],
  numbers: [5],
  nulls: [null],
  object: {},
  'odd object': { text: 5 },
  function: never,
  date: new Date(0),
  map: new Map(),
}

/** What each option takes of the pool, and besides. */
type Takes = Readonly<Record<string, readonly [ofPool: readonly string[], more?: readonly unknown[]]>>

const times = ['0', '1', '1.5']
const texts = ['empty', 'text', 'digits', 'any']
const names = ['text', 'digits', 'any']
const whole = ['0', '1', '2 ** 31']
const objects = ['object']

/** Objects that have nothing in them are objects without options. */
const routerTakes: Takes = {
  name: [names],
  secret: [['false'], ['x'.repeat(32), new Uint8Array(32), ['x'.repeat(32), false]]],
  seal: [[], ['sign', 'encrypt']],
  identify: [
    ['function', 'list'],
    [bearer({ verify: never }), [session(), never]],
  ],
  allow: [['list', 'texts'], [[never, 'right']]],
  rights: [['function']],
  authorize: [['function']],
  onCall: [['function']],
  around: [['function']],
  pipeline: [['true', 'false']],
  limits: [[...objects, 'date', 'map'], [{ depth: 5 }]],
  locate: [['function']],
  origins: [['list'], [['https://a.example/b/']]],
  use: [['list'], [[{}], [{ interceptor: never }]]],
  trustedOrigins: [['any', 'list'], [['https://a.example']]],
  defaultType: [[], ['application/json', 'application/vnd.hyperglyph']],
  log: [[], [console, logger]],
  temporaryDirectory: [names],
}
const serveTakes: Takes = {
  port: [['0', '1']],
  host: [[], ['127.0.0.1']],
  hosts: [['any', 'list', 'texts'], [['a.example', '[::1]']]],
  domain: [['any'], [['own', '10.0.0.0/8']]],
  proxies: [['list'], [['127.0.0.1']]],
  proxyHeader: [[], ['forwarded']],
  headers: [[...objects, 'date', 'map'], [{ 'x-a': 'b' }]],
  limits: [[...objects, 'date', 'map'], [{ requests: 5, readerTime: Number.POSITIVE_INFINITY }]],
  drain: [times],
  deadline: [times],
  keepAlive: [times],
  signals: [['true', 'false']],
  beat: [['1', '1.5']],
  on: [[...objects, 'date', 'map'], [{ stop: never }]],
  log: [[], ['common', 'json', logger]],
  logLevel: [[], ['silent', 'info']],
  use: [['list'], [[{}]]],
  factory: [['false', ...objects, 'date', 'map'], [{ deny: ['help'] }]],
}
const factoryTakes: Takes = {
  path: [[], ['/ops']],
  deny: [['list'], [['help']]],
  open: [['list'], ['all', ['metrics']]],
  allow: [['list', 'texts'], [['right', never]]],
  static: [[], [tmpdir()]],
  register: [[], [{ contentType: 'text/plain', metrics: async () => '' }]],
  base: [[], ['https://a.example/b']],
  title: [texts],
  version: [texts],
}
const safeTakes: Takes = {
  args: [['list', 'texts', ...objects, 'date', 'map']],
  maxAge: [whole],
  public: [['true', 'false']],
}

// biome-ignore lint/suspicious/noExplicitAny: what types would have said before.
type Untyped = any
const hello = { hello: () => 'hello' }
/** With a secret, where the option needs one. */
const routed = (options: Untyped) =>
  new Router(hello, {
    ...('seal' in options || options.identify !== undefined ? { secret: 'x'.repeat(32) } : {}),
    ...options,
  })
const served = async (options: Untyped) => {
  const given = { port: 0, signals: false, ...options }
  // Which ones are free, and whose, is the system's affair.
  const port = given.port === 1 ? 0 : given.port
  const server = await serve(new Router(hello), { ...given, port })
  await server.close(0)
}
const marked = (mark: Untyped) => (options: Untyped) => mark(options)(() => 1)

const takers: readonly [of: string, make: (options: Untyped) => unknown, takes: Takes][] = [
  ['Router', routed, routerTakes],
  ['serve', served, serveTakes],
  ['factory', options => served({ factory: options }), factoryTakes],
  ['safe', marked(safe), safeTakes],
  ['inline', marked(inline), safeTakes],
  ['redirect', marked(redirect), { args: safeTakes.args as never }],
  [
    'files',
    options => files(tmpdir(), options),
    {
      hidden: [['function']],
      index: [['list', 'texts']],
      maxAge: [whole],
      public: [['true', 'false']],
      trusted: [['true', 'false']],
    },
  ],
  [
    'session',
    options => session(options),
    {
      name: [names],
      idle: [[], [new Duration({ minutes: 5 })]],
      absolute: [[], [new Duration({ hours: 5 })]],
      store: [['map'], [{ get: never, set: never, delete: never }]],
      login: [names],
      user: [['function']],
    },
  ],
  [
    'basic',
    options => basic({ ...('users' in options || 'verify' in options ? {} : { users: {} }), ...options }),
    {
      realm: [texts],
      users: [[...objects, 'date', 'map'], [{ tef: { password } }]],
      verify: [['function']],
    },
  ],
  ['bearer', options => bearer({ verify: never, ...options }), { realm: [texts], verify: [['function']] }],
  [
    'link',
    options => form({ x: never }, 'x', options),
    {
      expires: [['date'], [new Duration({ days: 1 })]],
      method: [[], ['PUT']],
      envelope: [[], ['blob']],
      headers: [['object', 'odd object', 'date', 'map'], [{ Accept: 'text/plain' }]],
    },
  ],
]

const attempted = async (make: () => unknown): Promise<unknown> => {
  try {
    await make()
    return 'taken'
  } catch (error) {
    return error
  }
}

const options = takers.flatMap(([of, make, takes]) =>
  Object.entries(takes).map(([name, [ofPool, more = []]]) => ({ of, name, make, ofPool, more })),
)

test.each(options)('$of: $name takes what it is meant for, and nothing else', async option => {
  const { name, make, ofPool, more } = option
  const taken: string[] = []
  for (const [kind, value] of Object.entries(pool)) {
    const outcome = await attempted(() => make({ [name]: value }))
    if (outcome === 'taken') taken.push(kind)
    else {
      expect(outcome).toBeInstanceOf(Error)
      expect(['TypeError', 'RangeError', 'RegistrationError']).toContain((outcome as Error).name)
    }
  }
  expect(taken.sort()).toEqual([...ofPool].sort())
  // These have to be said, or none be there.
  const without = ['secret', 'users', 'verify'].includes(name) ? [] : [undefined]
  for (const value of [...without, ...more]) {
    expect(await attempted(() => make({ [name]: value }))).toBe('taken')
  }
})

test.each(['Router', 'serve', 'factory'])('every option of %s in the overview is tried', section => {
  const text = readFileSync(new URL('../../spec/options.md', import.meta.url), 'utf8')
  const [, table = ''] = text.split(`\n## ${section}\n`)
  const listed = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  const tried = options.filter(({ of }) => of === section).map(({ name }) => name)
  expect(listed.length).toBeGreaterThan(5)
  expect(tried.sort()).toEqual(listed.sort())
})

test.each<[what: string, make: (options: Untyped) => unknown]>([
  ['Router', options => new Router({}, options)],
  ['serve', options => serve(new Router(hello), options)],
  ['factory', options => factory(new Router(hello), options)],
  ['files', options => files(tmpdir(), options)],
  ['session', options => session(options)],
])('%s takes an object of options, and nothing else', async (_, make) => {
  for (const given of [null, 8000, 'text', true, [], never]) {
    expect(await attempted(() => make(given))).toBeInstanceOf(TypeError)
  }
})

test('a message says what is expected, and shows nothing of an object', () => {
  const secret = { error: 'a secret' }
  expect(() => new Router({}, { log: secret } as Untyped)).toThrow(
    'Router: the option log must be a logger, with error, warn, info, not an object',
  )
  expect(() => marked(safe)({ maxage: 5 })).toThrow('safe has no option "maxage"; did you mean "maxAge"?')
  expect(() => verb('PUT', { envelop: 'blob' } as Untyped)).toThrow('verb has no option "envelop"')
})

test.each([Number.NaN, -1, '5', null, 'SIGTERM'])('close takes no deadline of %s', async deadline => {
  const server = await serve(new Router(hello), { port: 0 })
  await expect(server.close(deadline as Untyped)).rejects.toThrow(TypeError)
  await server.close(0)
})

test('limits of connections can be turned off', async () => {
  const off = Number.POSITIVE_INFINITY
  const limits = { headerBytes: off, headerTime: off, senderTime: off, readerTime: off, requestTime: off }
  const server = await serve(new Router(hello), { port: 0, limits })
  const socket = connect(server.port, '127.0.0.1')
  const answer = await new Promise<string>(resolve => {
    socket.once('data', data => resolve(String(data)))
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  })
  expect(answer).toMatch(/^HTTP\/1.1 200 /)
  await server.close(off)
})
