// Promises where nobody expects them: linked to, thrown, given by a log, or in the place of an iterator. None ends the
// process.

import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { Fault } from '../../../../lib/values/fault.js'
import { allow, created, form, link, Router, redirect } from '../../../../server/index.js'
import { batched, later, posted, quiet, watchRejections } from '../../failing.js'

watchRejections()

test('rights of a user that are a promise let nobody in, and end no process', async () => {
  const identify = () => ({ rights: Promise.reject(new Error('late rights')) })
  const router = new Router({ shut: allow('admin')(() => 1) }, { identify, log: quiet })
  expect((await router.fetch(new Request('http://local/shut/', { method: 'POST' }))).status).toBe(500)
  await sleep(10)
})

test('a promise that is linked to, or stands for an iterator, fails the call that gave it', async () => {
  const given = {
    linked: () => link(Promise.reject(new Error('linked'))),
    iterated: () => ({ [Symbol.asyncIterator]: () => Promise.reject(new Error('iterated')) }),
  }
  const router = new Router({ ...given, ok: () => 1 }, { pipeline: true, log: quiet })
  for (const name of Object.keys(given)) expect((await posted(`${name}/`, {}, router)).status).toBe(500)
})

test('a log whose methods reject, and hooks that throw promises, end nothing', async () => {
  const rejecting = () => Promise.reject(new Error('log'))
  const log = { error: rejecting, warn: rejecting, info: rejecting }
  const onCall = () => {
    throw Promise.reject(new Fault('thrown', { details: { late: later(5) } }))
  }
  const router = new Router({ ok: () => 1, fails: () => Promise.reject(later(5)) }, { log, onCall })
  expect((await posted('ok/', {}, router)).status).toBe(200)
  expect((await posted('fails/', {}, router)).status).toBe(500)
})

test('a log that fails keeps nothing from being registered, and ends nothing', async () => {
  const rejecting = () => Promise.reject(new Error('log'))
  const log = { error: rejecting, warn: rejecting, info: rejecting }
  const minified = new Function('return (e,t)=>e+t')()
  expect((await posted('add/', { e: 1, t: 2 }, new Router({ add: minified }, { log }))).text).toBe('3')
})

/** Rejects soon, or at once. */
const promises: readonly (readonly [when: string, make: () => Promise<never>])[] = [
  ['at once', () => Promise.reject(new Error('at once'))],
  ['soon', () => later(5)],
]
let made: () => unknown = () => undefined

/** Its promise is its state. */
class User {
  constructor(readonly id: unknown) {}
  hello() {
    return 'hello'
  }
}

/** Its promise is no state, and where `hidden` is asked for not on its page either. */
class Holder {
  constructor(readonly id: string) {
    Object.assign(this, id === 'hidden' ? { _own: made() } : { own: made() })
  }
  hello() {
    return 'hello'
  }
}

class Page {
  readonly link: unknown
  constructor(readonly id: string) {
    this.link = link(new User(made()))
  }
}

/** Nobody may see one. */
class Secret {
  readonly own = made()
  constructor(readonly id: string) {}
}
allow(() => false)(Secret)

/** Lives elsewhere. */
class Placed {
  readonly own = made()
  constructor(readonly id: string) {}
}

const holding: Readonly<Record<string, () => unknown>> = {
  linked: () => link(new User(made())),
  method_linked: () => link(new User(made()), 'hello'),
  formed: () => form(new User(made()), 'hello'),
  linked_deep: () => link(new User([{ a: new Map([[1, made()]]) }])),
  linked_holder: () => link(new Holder('a')),
  linked_method: () => link(new Holder('a'), 'hello'),
  linked_missing: () => link(new Holder('a'), 'missing' as 'hello'),
  linked_hidden: () => link(new Holder('hidden')),
  linked_secret: () => link(new Secret('a')),
  linked_placed: () => link(new Placed('a')),
  linked_link: () => [link(new User(link(new Holder('a'))))],
  hidden: () => new Holder('hidden'),
  secret: () => [new Secret('a')],
  placed: () => [new Placed('a')],
  page: () => new Page('a'),
  pages: () => [new Page('a'), { b: new Page('b') }],
  made_link: () => created(link(new Holder('a'))),
  found_link: redirect(() => link(new Holder('a'))),
  found: redirect(() => new User(made())),
  stream: function* () {
    yield link(new Holder('a'))
    yield link(new User(made()))
  },
  late: async () => {
    await sleep(1)
    return [Promise.resolve(link(new Holder('a')))]
  },
  fault: () => {
    throw new Fault('no', { details: { of: link(new Holder('a')), user: new User(made()) } })
  },
  accident: () => {
    throw Object.assign(new Error('no'), { of: made() })
  },
  unregistered: () => new (class Unknown extends User {})(made()),
}

const routerOf = (options: object = {}) => {
  const identify = () => ({ name: 'eve' })
  const router = new Router(
    { User, Holder, Page, Secret, ok: () => 'ok', ...holding },
    { pipeline: true, log: quiet, identify, ...options },
  )
  router.add(Placed, { locate: () => 'http://elsewhere.example/' })
  return router
}

describe.each(promises)('a promise that rejects %s', (_, make) => {
  beforeEach(() => {
    made = make
  })

  test.each(Object.keys(holding))('ends nothing where it is %s', async name => {
    const router = routerOf()
    await posted(`${name}/`, {}, router)
    const steps = [
      [`./${name}/`, {}],
      ['./ok/', {}],
      [0, 'hello', []],
      [0, 'own'],
      [0, 'link'],
    ]
    for (const brief of [[], [0]]) expect((await batched(steps, brief, router))[1]).toBe(200)
    expect((await batched([...steps.slice(0, 2), [0, [[0, 'hello', []]], 1]], [], router))[1]).toBe(200)
  })
})
