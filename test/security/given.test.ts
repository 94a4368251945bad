// An object that a call has given, and that its caller may not reach: the call was allowed and is done, so that its answer
// is what it is by itself, beside other calls too. Nothing else is done with the object.

import { expect, test } from 'vitest'
import { Extension } from '../../lib/values/nodes.js'
import { type Access, allow, created, Router, redirect } from '../../server/index.js'
import { ask, outline } from '../server/peer.js'

const result = (step: number) => new Extension('result', { step })

function application(kind: string) {
  class Vault {
    readonly code = 1234
    constructor(readonly id: string) {}
    open() {
      return this.code
    }
  }
  if (kind === 'a right') allow('admin')(Vault)
  if (kind === 'a condition') allow(({ object }: Access) => object === undefined)(Vault)
  const members = {
    Vault,
    make: () => created(new Vault('a')),
    give: () => new Vault('a'),
    lead: redirect(() => new Vault('a')),
    take: (value: unknown) => value !== undefined,
  }
  return new Router(members, {
    pipeline: true,
    identify: () => ({ name: 'eve', rights: [] }),
    ...(kind === 'authorize' ? { authorize: ({ object }: Access) => !(object instanceof Vault) } : {}),
  })
}

async function answersTo(router: Router, steps: unknown[], brief: number[] = []) {
  const { value } = await ask(router, '/_pipeline', { args: { steps, brief } })
  const answers: unknown[] = []
  for await (const item of value as AsyncIterable<unknown>) if (Array.isArray(item)) answers.push(item)
  const sorted = (answers as [number, number, unknown][]).sort(([one], [other]) => one - other)
  return sorted.map(([, status, given]) => ({ status, given }))
}

const kinds = ['a right', 'a condition', 'authorize']

test.each(kinds.flatMap(kind => ['make', 'give'].map(name => [kind, name] as const)))(
  'by %s, a step answers %s as a call does',
  async (kind, name) => {
    const router = application(kind)
    const alone = await ask(router, `/${name}/`, { args: {} })
    const [answer, ...others] = await answersTo(router, [
      [`./${name}/`, {}],
      [0, 'code'],
      [0, 'open', []],
      ['./take/', { value: [result(0)] }],
      [0, [[0, 'open', []]], result(1)],
    ])
    expect(alone.status).toBeLessThan(300)
    expect(answer?.status).toBe(200)
    expect(outline(answer?.given)).toEqual(outline(alone.value))
    expect(others.map(({ status }) => status)).toEqual([403, 403, 403, 403])
    const [brief] = await answersTo(router, [[`./${name}/`, {}]], [0])
    expect(brief).toEqual({ status: 303, given: './Vault/oWJpZGFh/' })
  },
)

test.each(kinds)('by %s, what would lead to the object is refused, as the object is', async kind => {
  const steps = [
    ['./lead/', {}],
    ['./Vault/', { id: 'a' }],
    ['./Vault/oWJpZGFh/', {}],
  ]
  const answers = await answersTo(application(kind), steps)
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403])
})
