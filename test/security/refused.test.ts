// Who may not call something costs no more than the head of a request, and learns no more than that it is not allowed:
// by whatever method, type, encoding or path, from `allow` and from `authorize`.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { cbor, codecs } from '../../lib/codecs.js'
import { type Access, allow, args, files, link, Router, safe, verb } from '../../server/index.js'

const secret = 'swordfish'
const directory = mkdtempSync(join(tmpdir(), 'refused-'))
afterAll(() => rmSync(directory, { recursive: true }))

interface User {
  readonly name: string
  readonly rights: readonly string[]
}
const users: Readonly<Record<string, User>> = {
  admin: { name: 'admin', rights: ['admin'] },
  eve: { name: 'eve', rights: [] },
}

const validated: unknown[] = []
const ran: string[] = []
beforeEach(() => {
  validated.length = 0
  ran.length = 0
})

const schema = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) => {
      validated.push(value)
      return typeof value === 'string' ? { value } : { issues: [{ message: `one of ${secret}` }] }
    },
  },
} as const

type Kind = 'allow' | 'authorize' | 'a condition' | 'authorize by arguments'

/** The same application, kept from others than admins in one of four ways. */
function application(kind: Kind) {
  const mayBe = (user: unknown) => (user as User | undefined)?.rights.includes('admin') === true
  const conditions = {
    allow: allow('admin'),
    'a condition': allow(({ user }: Access) => mayBe(user)),
    authorize: <T>(member: T) => member,
    'authorize by arguments': <T>(member: T) => member,
  }
  const only = conditions[kind] as <T>(member: T) => T
  class Patient {
    readonly name: string
    constructor(readonly id = 7) {
      this.name = `Alice ${secret}`
    }
    diagnose(text: string, code = secret) {
      ran.push('diagnose')
      return `${text} ${code}`
    }
    upload(file: unknown, code = secret) {
      ran.push('upload')
      return [file, code]
    }
  }
  const router = new Router(
    {
      Patient: only(Patient),
      patient: allow('admin')(() => link(new Patient())),
      wipe: only((table: string, reason = secret) => ran.push(`wipe ${table} ${reason}`)),
      check: args({ planet: schema as never })(only((planet: string) => ran.push(planet))),
      look: safe(only((table: string, reason = secret) => ran.push(`look ${table} ${reason}`))),
      store: verb('PUT', { envelope: 'blob' })(only((content: unknown) => ran.push(String(content)))),
      change: verb('PATCH')(only((table: string, reason = secret) => ran.push(`change ${table} ${reason}`))),
      docs: only(files(import.meta.dirname)),
    },
    {
      secret: 'x'.repeat(40),
      seal: 'encrypt',
      pipeline: true,
      temporaryDirectory: directory,
      identify: request => users[request.headers.get('authorization') ?? ''],
      ...(kind === 'authorize' ? { authorize: ({ user }: Access) => mayBe(user) } : {}),
      ...(kind === 'authorize by arguments'
        ? { authorize: ({ user, args }: Access) => mayBe(user) && args.length >= 0 }
        : {}),
    },
  )
  return router
}

/** A body of which nothing is there, and that is never read. */
function untouched() {
  let pulled = 0
  const body = new ReadableStream<Uint8Array>(
    { pull: () => new Promise(() => void pulled++) },
    { highWaterMark: 0 },
  )
  return { body, pulls: () => pulled }
}

const types = [
  ...codecs.keys(),
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
  'image/png',
]

const targets: readonly (readonly [method: string, path: string, headers?: Record<string, string>])[] = [
  ['POST', 'wipe/'],
  ['POST', 'check/'],
  ['POST', 'look/'],
  ['PUT', 'store/'],
  ['POST', 'store/'],
  ['PATCH', 'change/'],
  ['POST', 'change/', { method: 'PATCH' }],
  ['POST', 'Patient/'],
  ['POST', '{patient}'],
  ['POST', '{patient}diagnose'],
  ['PUT', '{patient}upload'],
  ['DELETE', '{patient}nothing-there'],
  ['POST', 'docs/'],
]

const reading: readonly string[] = [
  'wipe/',
  'wipe/?table=1',
  'check/?planet=7',
  'look/',
  'look/?table=1&surplus=2',
  'look/?%7B%7D',
  'change/',
  'store/',
  'Patient/',
  '{patient}',
  '{patient}?.=0',
  '{patient}diagnose',
  '{patient}diagnose?text=1',
  '{patient}nothing-there',
  'docs/',
  'docs/refused.test.ts',
  'docs/nothing-there',
]

const callers = ['', 'eve']

describe.each<Kind>(['allow', 'authorize', 'a condition', 'authorize by arguments'])('%s', kind => {
  const router = application(kind)

  const patient = async () => {
    const answer = await router.fetch(
      new Request('http://local/patient/', {
        method: 'POST',
        headers: { authorization: 'admin', accept: 'application/json' },
      }),
    )
    return new URL((await answer.json()).attributes.url, 'http://local/patient/').pathname.slice(1)
  }

  async function refusedBy(caller: string, path: string, init: RequestInit & { duplex?: 'half' } = {}) {
    const url = new URL(path.replace('{patient}', await patient()), 'http://local/')
    const headers = { ...(init.headers as object), ...(caller === '' ? {} : { authorization: caller }) }
    const answer = await router.fetch(new Request(url, { ...init, headers }))
    const text = await answer.text()
    const refused = caller === '' && kind !== 'authorize' && kind !== 'authorize by arguments' ? 401 : 403
    expect([path, answer.status]).toEqual([path, refused])
    expect(answer.headers.get('allow')).toBe(null)
    expect(text).not.toMatch(new RegExp(`${secret}|Alice|<form|table|planet|diagnosis|missing|surplus`))
    expect([validated, ran, readdirSync(directory)]).toEqual([[], [], []])
  }

  // What has to see the arguments first is asked then, in the test below.
  const early = kind === 'allow' || kind === 'authorize'
  const before = callers.filter(caller => early || (caller === '' && kind === 'a condition'))

  test.each(before.flatMap(caller => types.map(type => [caller || 'a stranger', type, caller] as const)))(
    'refuses %s before a body is read: %s',
    async (_, type, caller) => {
      for (const accept of ['text/html', 'application/json', cbor.type]) {
        for (const [method, path, more] of targets) {
          const { body, pulls } = untouched()
          const headers = { 'content-type': type, accept, ...more }
          await refusedBy(caller, path, { method, headers, body, duplex: 'half' })
          expect(pulls()).toBe(0)
        }
      }
    },
  )

  test.each(before)('shows who reads nothing of what it refuses: %o', async caller => {
    for (const accept of ['text/html', 'application/json', 'image/png', ...codecs.keys()]) {
      for (const path of reading) {
        if (accept === 'image/png' && !path.startsWith('docs/')) continue
        for (const method of ['GET', 'HEAD']) await refusedBy(caller, path, { method, headers: { accept } })
      }
    }
  })

  test('lets in who may', async () => {
    const headers = { authorization: 'admin', accept: 'application/json', 'content-type': 'application/json' }
    const call = (path: string, body: object) =>
      router.fetch(
        new Request(`http://local/${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
      )
    expect((await call('wipe/', { table: 'x' })).status).toBe(200)
    expect(ran).toEqual([`wipe x ${secret}`])
    expect((await call('check/', { planet: 7 })).status).toBe(422)
    const form = await router.fetch(
      new Request('http://local/wipe/', { headers: { ...headers, accept: 'text/html' } }),
    )
    expect([form.status, await form.text()]).toEqual([405, expect.stringContaining('<form')])
  })
})

/** A router that is asked about the arguments of a call. */
const asking = (by: 'allow' | 'authorize', asked: Access[] = []) => {
  const own = (access: Access) => {
    asked.push(access)
    const [owner] = access.args as readonly string[]
    return owner?.toLowerCase() === (access.user as User).name
  }
  const give = args({ owner: schema as never, amount: schema as never })((owner: string, amount: unknown) =>
    ran.push(`${owner} ${amount}`),
  )
  return new Router(
    { give: by === 'allow' ? allow(own)(give) : give },
    {
      identify: request => users[request.headers.get('authorization') ?? ''],
      ...(by === 'authorize' ? { authorize: own } : {}),
    },
  )
}

const give = (router: Router, body: string, accept = 'application/json', method = 'POST') =>
  router.fetch(
    new Request('http://local/give/', {
      method,
      headers: { authorization: 'eve', accept, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body }),
    }),
  )

describe.each(['allow', 'authorize'] as const)('what %s says of arguments', by => {
  test('is asked once they are bound, and a refusal says no more than that', async () => {
    const asked: Access[] = []
    const router = asking(by, asked)
    expect((await give(router, '{"owner":"eve","amount":"1"}')).status).toBe(200)
    expect(ran).toEqual(['eve 1'])
    expect(asked.map(access => access.args)).toEqual([
      ['eve', '1'],
      ['eve', '1'],
    ])
    const answer = await give(router, '{"owner":"bob","amount":"1"}', 'text/html')
    expect([answer.status, ran.length]).toEqual([403, 1])
    expect(await answer.text()).not.toMatch(/<form|amount|swordfish|bob/)
  })

  test.each([
    ['an argument that the schema refuses', '{"owner":"bob","amount":1}'],
    ['a missing one', '{"amount":"1"}'],
    ['a surplus one', '{"owner":"bob","amount":"1","more":1}'],
    ['a body that is none', '{'],
    ['no body', ''],
  ])('comes before what is wrong with them: %s', async (_, body) => {
    for (const accept of ['text/html', 'application/json']) {
      const answer = await give(asking(by), body, accept)
      expect(answer.status).toBe(403)
      expect(await answer.text()).not.toMatch(/<form|amount|swordfish|owner|missing|surplus/)
    }
    expect(ran).toEqual([])
  })

  test('lets who may call it know what is wrong with them', async () => {
    const answer = await give(asking(by), '{"owner":"eve","amount":1}')
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining(secret)])
  })
})

test('one that doesn’t look at the arguments is asked once, and finds them in what it was given', async () => {
  const asked: Access[] = []
  const router = new Router({ add: (a: number) => a + 1 }, { authorize: access => void asked.push(access) })
  await router.fetch(
    new Request('http://local/add/?', { method: 'POST', body: new URLSearchParams({ a: '1' }) }),
  )
  expect(asked.map(({ label, args }) => [label, args])).toEqual([['add', ['1']]])
})

test('onCall is told of a call that was refused before it was read', async () => {
  const told: unknown[] = []
  const router = new Router(
    { wipe: allow('admin')((table: string) => table) },
    { onCall: ({ label, status }) => void told.push([label, status]) },
  )
  await router.fetch(new Request('http://local/wipe/', { method: 'POST' }))
  expect(told).toEqual([['wipe', 401]])
})
