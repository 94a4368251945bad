// The client of test/upgrade: `client URL LOOPS`. Compiled once, started once. It calls until it is told to stop, with
// pages that it holds from the start, URLs that it stored, and pages fetched afresh, says how many calls it has made,
// and at last what it believes.

import { deepStrictEqual } from 'node:assert/strict'
import { type Blob, blob, get, url } from '../../client/index.js'

export interface Belief {
  readonly calls: number
  /** Lines that must be in the ledger, once each. */
  readonly done: readonly string[]
  /** What failed, with the call; should be none. */
  readonly failures: readonly string[]
}

// biome-ignore lint/suspicious/noExplicitAny: the program is plain JavaScript at heart: no types of any server.
type Untyped = any

const [, , address = '', loops = '1'] = process.argv
/** Milliseconds between conversations: the replacing needs the processor too. */
const pause = 50
const done: string[] = []
const failures: string[] = []
let calls = 0
let stopped = false

let last = 0
const subject = () => `s${++last}`

/** A call and what it must give; `lines` is what the server writes down for it. */
async function expecting(count: number, lines: readonly string[], call: () => unknown, wanted: unknown) {
  calls += count
  try {
    deepStrictEqual(await call(), wanted)
    done.push(...lines)
  } catch (error) {
    const { message: problem, cause } = error as Error
    failures.push(`${call}: ${problem}, ${cause}`)
  }
}

async function message(user: Untyped, id: string): Promise<void> {
  const text = subject()
  await expecting(1, [`${text} ${id}`], () => user.message(text), `${text} to ${id}`)
}

async function converse(api: Untyped, bob: Untyped, User: Untyped, stored: string, round: number) {
  await message(bob, 'bob')
  await message(api.find_user('eve'), 'eve')
  await message(User('zoe'), 'zoe')
  await message(await bob.friend('joe'), 'joe')
  await message(await get(stored), 'bob')

  const greeted = subject()
  await expecting(1, [greeted], () => api.hello(greeted), `Hello ${greeted}`)
  const turn = Array.from({ length: 60 }, subject)
  const all = () => Promise.all(turn.map(text => bob.message(text)))
  await expecting(
    60,
    turn.map(text => `${text} bob`),
    all,
    turn.map(text => `${text} to bob`),
  )
  const text = subject()
  const walk = () => api.users().map((user: Untyped) => user.message(text))
  await expecting(3, [`${text} bob`, `${text} eve`], walk, [`${text} to bob`, `${text} to eve`])

  const reads = async () => [await bob.bio(), await api.find_user('eve').bio(), await api.admin.ping()]
  await expecting(3, [], reads, ['the life of bob', 'the life of eve', 'pong'])
  await expecting(1, [], () => api.mood('eve'), 'eve is well')
  const card = async () => api.card(await api.profile('bob'))
  await expecting(2, [], card, 'bob <bob@example.org>')
  const references = async () => [await api.name_of(bob), await api.names_of([bob, api.find_user('eve')])]
  await expecting(3, [], references, ['bob', ['bob', 'eve']])

  const [sent, size] = [subject(), round % 20 === 0 ? 3 * 2 ** 20 : 10_000]
  const file: Blob = blob(new Uint8Array(size))
  await expecting(1, [sent], () => api.upload(sent, file), size)
  const streamed = subject()
  const stream = async () => {
    let sum = 0
    for await (const item of api.stream(streamed, 100)) sum += item
    return sum
  }
  await expecting(1, [streamed], stream, 4950)
}

async function loop(held: Untyped, bob: Untyped): Promise<void> {
  const { User } = held
  let stored = url(bob)
  for (let round = 0; !stopped; round++) {
    await converse(held, bob, User, stored, round)
    const fresh: Untyped = await get(address)
    const again = await fresh.find_user('bob')
    stored = url(again)
    await converse(fresh, again, User, stored, round + 10)
    process.send?.(calls)
    await new Promise(resolve => setTimeout(resolve, pause))
  }
}

async function main(): Promise<void> {
  const api: Untyped = await get(address)
  const bob = await api.find_user('bob')
  const told = new Promise(resolve => process.once('message', resolve)).then(() => (stopped = true))
  process.send?.('ready')
  const running = Array.from({ length: Number(loops) }, () => loop(api, bob))
  await Promise.all([told, ...running])
  process.send?.({ calls, done, failures } satisfies Belief, () => process.disconnect())
}

main().catch(error => {
  process.send?.({ calls, done, failures: [String(error?.stack ?? error)] } satisfies Belief, () =>
    process.disconnect(),
  )
})
