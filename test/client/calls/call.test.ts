// Calls: when they are sent, what can be done with them before they are there, and who hears of a failure.

import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Agent } from 'undici'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fetchTransport, get, local, type Transport } from '../../../client/index.js'
import { undici } from '../../../index.js'
import { Fault } from '../../../lib/values/fault.js'
import { Resource, Router, safe, serve } from '../../../server/index.js'
import { compiled, type Program } from '../../fixtures/compiled.js'

class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
  @safe bio() {
    return `the life of ${this.id}`
  }
  friend(name: string) {
    return new User(name)
  }
}

const router = new Router({
  User,
  find_user: (name: string) => new User(name),
  echo: (value: unknown) => value,
  nested: () => ({ a: { b: new User('deep'), list: [1, 2] } }),
  nothing: () => null,
  wait: async (milliseconds: number) => {
    await sleep(milliseconds)
    return 'waited'
  },
  fail: (why: string) => {
    throw new Fault(why)
  },
})
// biome-ignore lint/suspicious/noExplicitAny: the types of chained calls are tested in test/types.
type Untyped = any

const server = await serve(router, { port: 0 })
const agent = new Agent()
afterAll(async () => {
  await agent.close()
  await server.close(100)
})

let sent: string[]
let reported: unknown[]
const logged = (transport: Transport): Transport =>
  Object.assign(
    (request => {
      sent.push(`${request.method} ${new URL(request.url).pathname.replace(/\/User\/[^/]+/, '/User/…')}`)
      return transport(request)
    }) as Transport,
    { afterTurn: transport.afterTurn },
  )
const open = (transport: Transport): Promise<Untyped> =>
  get<Untyped>(server.url, {
    transport: logged(transport),
    onUnobserved: error => reported.push((error as Error).message),
  })

let api: Untyped
beforeEach(async () => {
  sent = []
  reported = []
  api = await open(local(router))
  sent = []
})

const transports: readonly (readonly [string, () => Transport])[] = [
  ['undici', () => undici(agent)],
  ['fetch', () => fetchTransport()],
  ['local', () => local(router)],
]

describe.each(transports)('over %s', (_, transport) => {
  test('a call that nobody awaits is sent once the microtasks of the turn have run', async () => {
    const page = await open(transport())
    sent = []
    page.echo(1)
    queueMicrotask(() => sent.push('a microtask'))
    Promise.resolve()
      .then(() => null)
      .then(() => sent.push('a later one'))
    await expect.poll(() => sent).toEqual(['a microtask', 'a later one', 'POST /echo/'])
  })

  test('an awaited call is sent once, and gives its result as often as it is asked', async () => {
    const page = await open(transport())
    sent = []
    const call = page.echo('x')
    expect([await call, await call, await Promise.all([call, call])]).toEqual(['x', 'x', ['x', 'x']])
    expect(sent).toEqual(['POST /echo/'])
  })

  test('calls of one turn run side by side', async () => {
    const page = await open(transport())
    const begun = performance.now()
    await Promise.all(Array.from({ length: 5 }, () => page.wait(1000)))
    expect(performance.now() - begun).toBeLessThan(4000)
  })
})

const chains: readonly (readonly [string, (page: Untyped) => unknown, unknown])[] = [
  ['a method of a result', page => page.find_user('bob').bio(), 'the life of bob'],
  ['a property of a result', page => page.find_user('bob').id, 'bob'],
  ['methods of methods', page => page.find_user('bob').friend('eve').friend('joe').bio(), 'the life of joe'],
  ['a property of a property', page => page.nested().a.list, [1, 2]],
  ['a method below properties', page => page.nested().a.b.bio(), 'the life of deep'],
  ['a property below properties', page => page.nested().a.b.id, 'deep'],
  ['a class, constructed', page => page.User('eve').bio(), 'the life of eve'],
  ['then', page => page.echo(2).then((value: number) => value + 1), 3],
  ['finally', page => page.echo(2).finally(() => 7), 2],
  ['catch', page => page.fail('x').catch((error: Error) => error.message), 'POST /fail/: 400 x'],
]

test.each(chains)('%s can be used before the call has arrived', async (_, chain, expected) => {
  expect(await chain(api)).toEqual(expected)
})

test('dependent calls are sent in order, and each once', async () => {
  const found = api.find_user('bob')
  expect(await Promise.all([found.bio(), found.id, found.friend('eve').id])).toEqual([
    'the life of bob',
    'bob',
    'eve',
  ])
  expect(sent.slice().sort()).toEqual(['GET /User/…/bio', 'POST /User/…/friend', 'POST /find_user/'])
})

test('a property that is only read sends nothing', async () => {
  const { bio, id, nobody } = api.find_user('bob')
  await sleep(20)
  expect(sent).toEqual(['POST /find_user/'])
  expect(await bio()).toBe('the life of bob')
  expect(await id).toBe('bob')
  await expect(nobody).rejects.toThrow('has no "nobody"')
  expect(sent).toEqual(['POST /find_user/', 'GET /User/…/bio'])
})

const impossible: readonly (readonly [string, (page: Untyped) => unknown, string])[] = [
  ['a property of nil', page => page.nothing().name, 'cannot read "name" of a call that gave null'],
  ['a method of nil', page => page.nothing().run(), 'cannot read "run" of a call that gave null'],
  ['calling data', page => page.find_user('bob').id(), 'POST /find_user/.id is not a function'],
  ['a misspelt method', page => page.find_user('bob').boi(), 'did you mean "bio"?'],
  ['a method of what failed', page => page.fail('no').x().y.z(), 'POST /fail/: 400 no'],
]

test.each(impossible)('%s rejects, and says why', async (_, chain, message) => {
  await expect(chain(api)).rejects.toThrow(message)
  expect(sent.length).toBe(1)
})

const calls: readonly (readonly [string, (page: Untyped) => unknown, unknown])[] = [
  ['alone', page => page.echo(page.echo(1)), 1],
  ['in a list', page => page.echo([page.echo(1), 2, page.echo(3)]), [1, 2, 3]],
  ['in a dict', page => page.echo({ a: page.echo(1), b: { c: page.echo(2) } }), { a: 1, b: { c: 2 } }],
  ['in a map', page => page.echo(new Map([[1, page.echo('x')]])), new Map([[1, 'x']])],
  ['as a property of a call', page => page.echo(page.find_user('bob').id), 'bob'],
  ['as a chained call', page => page.echo([page.find_user('bob').friend('eve').bio()]), ['the life of eve']],
  ['as a promise of the application', page => page.echo(Promise.resolve(5)), 5],
  ['that give calls', page => page.echo(page.echo(page.echo([page.echo(1)]))), [1]],
]

test.each(calls)('calls under way are arguments %s', async (_, chain, expected) => {
  expect(await chain(api)).toEqual(expected)
})

test('an argument that fails is the failure of the call, which is not sent', async () => {
  await expect(api.echo([api.fail('the argument')])).rejects.toThrow('the argument')
  expect(sent).toEqual(['POST /fail/'])
})

describe('a failure', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const unhandled: unknown[] = []
  const listen = (reason: unknown) => unhandled.push(reason)
  beforeAll(() => void process.on('unhandledRejection', listen))
  afterAll(() => void process.off('unhandledRejection', listen))
  afterEach(async () => {
    await sleep(20)
    expect(unhandled.splice(0)).toEqual([])
  })

  /** What is reported once nothing holds the calls any more. */
  async function reports(): Promise<unknown[]> {
    for (let round = 0; round < 8; round++) {
      await sleep(10)
      collect()
    }
    return reported
  }

  const observed: readonly (readonly [string, (page: Untyped) => Promise<unknown>])[] = [
    [
      'awaited after another call',
      async page => {
        const first = page.wait(50)
        const second = page.fail('early')
        await first
        await expect(second).rejects.toThrow('early')
      },
    ],
    ['awaited by a dependent call', page => expect(page.fail('parent').bio()).rejects.toThrow('parent')],
    ['awaited by a property', page => expect(page.fail('parent').name).rejects.toThrow('parent')],
    [
      'awaited by a call that it is an argument of',
      page => expect(page.echo(page.fail('argument'))).rejects.toThrow('argument'),
    ],
    ['caught', page => page.fail('caught').catch(() => null)],
    ['one of Promise.allSettled', page => Promise.allSettled([page.fail('a'), page.fail('b')])],
    [
      'one of Promise.all that fails twice',
      page => expect(Promise.all([page.fail('a'), page.fail('b')])).rejects.toThrow(),
    ],
  ]

  test.each(observed)('is not reported when the call is %s', async (_, run) => {
    await run(api)
    expect(await reports()).toEqual([])
  })

  const forgotten: readonly (readonly [string, (page: Untyped) => void])[] = [
    ['a call', page => void page.fail('lost')],
    ['a chained call', page => void page.fail('lost').bio()],
    ['a chain of three', page => void page.fail('lost').a.b.c()],
    ['a call with an argument that failed', page => void page.echo(page.fail('lost'))],
  ]

  test.each(forgotten)('of %s that nobody awaits is reported exactly once', async (_, run) => {
    run(api)
    expect(await reports()).toEqual(['POST /fail/: 400 lost'])
  })
})

describe('a process', () => {
  let program: Program
  beforeAll(() => {
    program = compiled('forgetful-client')
  })
  afterAll(() => program.remove())
  const run = (what: string) => promisify(execFile)(process.execPath, [program.path, server.url, what])

  test('that forgets a call ends well, with a warning', async () => {
    const { stderr } = await run('forgets')
    expect(stderr.match(/a call failed that nobody awaited/g)).toHaveLength(1)
    expect(stderr).toContain('RemoteError: POST /fail/: 400 nobody looks')
  })

  test.each(['throws', 'rejects', 'rejects in a list'])(
    'that forgets a call ends well where what is told of that %s',
    async what => {
      const { stderr } = await run(what)
      expect(stderr.match(/onUnobserved failed: Error: the listener/g)).toHaveLength(1)
    },
  )

  test('that awaits a failed call late is not ended by it, and warns of nothing', async () => {
    const { stdout, stderr } = await run('looks late')
    expect(stdout).toBe('waited\nPOST /fail/: 400 somebody looks\n')
    expect(stderr).toBe('')
  })
})
