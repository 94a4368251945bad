// Who may not call something costs no more than the head of a request, and learns no more than that it is not allowed:
// by whatever method, type, encoding or path, from `allow` and from `authorize`.

import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cbor, codecs } from '../../lib/codecs.js'
import { Fault } from '../../lib/values/fault.js'
import { Link } from '../../lib/values/nodes.js'
import { allow, Router } from '../../server/index.js'
import { ask } from '../server/peer.js'
import { application, callers, directory, type Kind, ran, secret, validated } from './clinic.js'

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

test('no object is built for who may reach none of its class, in whatever way its URL comes', async () => {
  const built: number[] = []
  class Patient {
    constructor(readonly id: number) {
      built.push(id)
      if (id === 9) throw new Fault('no such patient', { status: 404 })
    }
    look() {
      return this.id
    }
  }
  const router = new Router(
    { Patient: allow('doctor')(Patient), take: (value: unknown) => String(value) },
    { pipeline: true },
  )
  for (const id of [1, 9]) {
    const path = `Patient/${Buffer.from(cbor.encode({ id })).toString('base64url')}/`
    const link = new Link({ url: `../${path}` })
    const answers = [
      await ask(router, `/${path}`),
      await ask(router, `/${path}look`, { args: {} }),
      await ask(router, `/${path}nothing`, { args: {} }),
      await ask(router, '/take/', { args: { value: [link] } }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401])
    const steps = [
      [path, {}],
      [`${path}look`, {}],
      ['take/', { value: new Link({ url: path }) }],
    ]
    const { value } = await ask(router, '/_pipeline', { args: { steps } })
    const statuses: unknown[] = []
    for await (const item of value as AsyncIterable<unknown>)
      statuses.push(Array.isArray(item) ? item[1] : item)
    expect(statuses).toEqual([401, 401, 401, 3])
  }
  expect(built).toEqual([])
})
