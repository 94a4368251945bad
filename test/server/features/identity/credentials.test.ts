// Users by name and password, and by token: what they get, what others are asked for, and what passwords are kept as.

import { scryptSync } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { get } from '../../../../client/index.js'
import { Fault } from '../../../../lib/values/fault.js'
import {
  allow,
  basic,
  bearer,
  type Context,
  hashPassword,
  Router,
  type Server,
  safe,
  serve,
  verifyPassword,
} from '../../../../server/index.js'
import { ask } from '../../peer.js'

/** Of a cheap kind, since there are many here. */
const cheaply = (text: string) => {
  const [salt, N] = [Buffer.alloc(16, 7), 2]
  const hash = scryptSync(text, salt, 32, { N, r: 1, p: 1 })
  return `$scrypt$ln=1,r=1,p=1$${[salt, hash].map(bytes => bytes.toString('base64').replaceAll('=', '')).join('$')}`
}
const password = cheaply('wonderland')
const who = safe(function (this: Context) {
  return this.user ?? null
})
const router = new Router(
  {
    who,
    reset: allow('admin')(() => 'done'),
    mine: allow()(safe(() => 'mine')),
    front: safe({ public: true })(() => 1),
  },
  {
    identify: [
      basic({
        realm: 'the "office"',
        users: { alice: { password, rights: ['admin'] }, tef: { password, rights: [] } },
      }),
      bearer({ verify: token => (token === 'sesame' ? { name: 'robot', rights: ['admin'] } : undefined) }),
    ],
  },
)

const base64 = (text: string) => Buffer.from(text).toString('base64')
const as = (name: string, word = 'wonderland') => ({ authorization: `Basic ${base64(`${name}:${word}`)}` })
const token = (text: string) => ({ authorization: `Bearer ${text}` })
const challenge = 'Basic realm="the \\"office\\"", charset="UTF-8", Bearer realm="hyperglyph"'

test.each([
  [{}, 401],
  [as('alice'), 200],
  [as('tef'), 403],
  [as('alice', 'looking-glass'), 401],
  [as('nobody'), 401],
  [as('constructor'), 401],
  [token('sesame'), 200],
  [token('open'), 401],
  [token('=='), 401],
  [{ authorization: 'Basic' }, 401],
  [{ authorization: 'Basic %%%' }, 401],
  [{ authorization: 'Digest x' }, 401],
])('a call with %o is answered with %i', async (headers, status) => {
  const answer = await ask(router, '/reset/', { args: {}, headers })
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
    status,
    status === 401 ? challenge : null,
  ])
})

test('the user is in the context, without the password', async () => {
  expect((await ask(router, '/who/', { headers: as('alice') })).value).toEqual({
    name: 'alice',
    rights: ['admin'],
  })
  expect((await ask(router, '/who/', { headers: token('sesame') })).value).toMatchObject({ name: 'robot' })
  expect((await ask(router, '/who/')).status).toBe(204)
})

test('wrong credentials are refused also where none are needed', async () => {
  expect((await ask(router, '/who/', { headers: as('alice', 'x') })).status).toBe(401)
})

test('caches are told that answers depend on who asks, but for what is public', async () => {
  const { headers } = await ask(router, '/mine/', { headers: as('tef') })
  expect(headers.get('cache-control')).toBe('private, no-cache')
  expect(headers.get('vary')).toBe('Accept, Accept-Encoding, Authorization')
  const etag = headers.get('etag') as string
  const again = await ask(router, '/mine/', { headers: { ...as('tef'), 'if-none-match': etag } })
  expect([again.status, again.headers.get('vary')]).toEqual([304, 'Accept, Accept-Encoding, Authorization'])
  expect((await ask(router, '/mine/', { headers: { 'if-none-match': etag } })).status).toBe(401)
  const front = await ask(router, '/front/', { headers: as('tef') })
  expect(front.headers.get('vary')).toBe('Accept, Accept-Encoding')
})

test('a 401 of the application asks for credentials too', async () => {
  const login = () => {
    throw new Fault('log in', { status: 401 })
  }
  const strict = new Router({ login }, { identify: basic({ verify: () => undefined }) })
  const { headers } = await ask(strict, '/login/', { args: {} })
  expect(headers.get('www-authenticate')).toBe('Basic realm="hyperglyph", charset="UTF-8"')
})

test('names and passwords may be in any script', async () => {
  const find = (name: string, word: string) => (name === 'Zoë' && word === 'пароль:ü' ? { name } : undefined)
  const strict = new Router({ who }, { identify: basic({ verify: find }) })
  const headers = { authorization: `Basic ${base64('Zoë:пароль:ü')}` }
  expect((await ask(strict, '/who/', { headers })).value).toEqual({ name: 'Zoë' })
})

test('a function of the application finds users, and may refuse', async () => {
  const identify = async (request: Request) => {
    const key = request.headers.get('x-key')
    if (key === 'stolen') throw new Fault('this key is blocked', { status: 403 })
    return key === null ? undefined : { name: key }
  }
  const keyed = new Router({ who }, { identify })
  const answers = [{}, { 'x-key': 'a' }, { 'x-key': 'stolen' }].map(headers =>
    ask(keyed, '/who/', { headers }),
  )
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([204, 200, 403])
})

test('the same password is not hashed again for each request, nor for those that come together', async () => {
  const strict = new Router({ who }, { identify: basic({ users: { alice: { password } } }) })
  const calls = Array.from({ length: 200 }, () => ask(strict, '/who/', { headers: as('alice') }))
  expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]))
})

test('more passwords than can be compared are shed', async () => {
  const strict = new Router({ who }, { identify: basic({ users: { alice: { password } } }) })
  const calls = Array.from({ length: 200 }, (_, at) =>
    ask(strict, '/who/', { headers: as('alice', `guess ${at}`) }),
  )
  const statuses = (await Promise.all(calls)).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([401, 503]))
})

test('a password is kept as a salted hash, which says what it has cost', async () => {
  const other = await hashPassword('wonderland')
  expect(other).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(await verifyPassword('wonderland', other)).toBe(true)
  expect(await verifyPassword('Wonderland', other)).toBe(false)
  expect(await verifyPassword('u\u0308', await hashPassword('\u00fc'))).toBe(true)
})

test.each([
  '',
  'wonderland',
  '$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ$',
  password.replace('ln=1', 'ln=0'),
  password.replace('ln=1,', 'ln=40,'),
])('a password is not compared with %j', async hash => {
  await expect(verifyPassword('x', hash)).rejects.toThrow(/not a hash of hashPassword/)
})

test.each([
  [() => basic({ users: { alice: { password: 'wonderland' } } }), /as hashPassword gives it/],
  [() => basic({}), /basic needs users, or verify/],
])('plain passwords, or none, are refused at once', (make, message) => {
  expect(make).toThrow(message)
})

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close(0)))
})

test('a client gives its credentials with each call, and with the steps of a pipeline', async () => {
  const server = await serve(router, { port: 0 })
  servers.push(server)
  const api = await get<typeof router>(server.url, { headers: as('alice') })
  expect(await Promise.all([api.reset(), api.reset()])).toEqual(['done', 'done'])
  const guest = await get<typeof router>(server.url)
  expect(Object.keys(guest)).not.toContain('reset')
  const robot = await get<typeof router>(server.url, { headers: token('sesame') })
  expect(await robot.who()).toMatchObject({ name: 'robot' })
})
