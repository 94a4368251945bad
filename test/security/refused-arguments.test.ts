// Rules that look at arguments: asked once these are bound, and before anybody hears what is wrong with them.

import { describe, expect, test } from 'vitest'
import { type Access, allow, args, Router } from '../../server/index.js'
import { ran, schema, secret, type User, users } from './clinic.js'

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
