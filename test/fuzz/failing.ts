// Applications that keep none of their promises, called by requests, by batches and by our own client: no promise rejects
// while nobody listens, on either side; every answer ends; every batch is answered as a whole; and a step that fails
// fails what depends on it and nothing else.

import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { get, local } from '../../client/index.js'
import { cbor, json, text } from '../../lib/codecs.js'
import { Blob } from '../../lib/values/blob.js'
import { ItemStream } from '../../lib/values/stream.js'
import type { Router } from '../../server/index.js'
import { Choices, callable, misbehaving } from './misbehaving.js'
import { Finding, type Target } from './target.js'

const origin = 'http://fuzz.example'
const codecs = [json, cbor, text]

/** Reads an answer to its end, blobs too. Blobs may break off: their application does. */
async function everything(value: unknown, depth = 0): Promise<void> {
  if (value instanceof ItemStream) {
    try {
      for await (const item of value) await everything(item, depth + 1)
    } catch (error) {
      if (!(error instanceof Error)) throw error
    }
  } else if (value instanceof Blob) await value.bytes().catch(() => undefined)
  else if (Array.isArray(value) || value instanceof Set)
    for (const item of value) await everything(item, depth + 1)
  else if (typeof value === 'object' && value !== null && depth < 8) {
    for (const name of Object.keys(value))
      await everything((value as Record<string, unknown>)[name], depth + 1)
  }
}

async function single(router: Router, choices: Choices): Promise<void> {
  const name = callable[choices.below(callable.length)]
  const type = ['application/json', 'text/html', cbor.type, text.type][choices.below(4)] as string
  const headers = { accept: type }
  const request = new Request(`${origin}/${name}/`, { method: 'POST', headers, body: '' })
  const response = await router.fetch(request)
  if (response.status < 200 || response.status > 599) throw new Finding('status', String(response.status))
  if (choices.below(4) === 0) await response.body?.cancel()
  else await response.arrayBuffer().catch(() => undefined)
}

type Wire = unknown[]

const result = (step: number, up = 0) => ({
  $extension: 'result',
  attributes: up === 0 ? { step } : { step, up },
})

/** Steps for what the application offers; those at `calm` depend on nothing, and must succeed. */
function stepsOf(choices: Choices): { steps: Wire[]; calm: number[] } {
  const steps: Wire[] = []
  const calm: number[] = []
  const names = [
    'hello',
    'bio',
    'who',
    'friends',
    'text',
    'part',
    'other',
    'profile',
    'id',
    'a',
    'erase',
    '0',
  ]
  const name = () => names[choices.below(names.length)] as string
  const count = 1 + choices.below(8)
  for (let index = 0; index < count; index++) {
    const of = choices.below(Math.max(1, index))
    const kind = choices.below(index === 0 ? 3 : 8)
    if (kind === 0) {
      calm.push(index)
      steps.push(['./ok/', {}])
    } else if (kind < 3) steps.push([`./${callable[choices.below(callable.length)]}/`, {}])
    else if (kind === 3) steps.push([of, name()])
    else if (kind === 4) steps.push([of, name(), []])
    else if (kind === 5)
      steps.push(['./take/', { value: choices.below(2) === 0 ? result(of) : [result(of)] }])
    else if (kind === 6)
      steps.push([
        of,
        [
          [0, name(), []],
          ['./give/', {}],
        ],
        result(choices.below(3)),
      ])
    else
      steps.push([
        of,
        [
          ['./take/', { value: result(0) }],
          ['./take/', { value: result(of, 1) }],
        ],
        result(1),
      ])
  }
  return { steps, calm }
}

async function batch(router: Router, calmly: boolean, choices: Choices): Promise<void> {
  const codec = codecs[choices.below(3)] as typeof json
  const { steps, calm } = stepsOf(choices)
  const brief = steps.map((_, index) => index).filter(() => choices.below(3) === 0)
  const headers = { 'content-type': 'application/json', accept: codec.type }
  const body = JSON.stringify({ steps, brief })
  const response = await router.fetch(new Request(`${origin}/_pipeline`, { method: 'POST', headers, body }))
  if (response.status !== 200) {
    if (calmly) throw new Finding('a batch that is refused', String(response.status))
    return
  }
  if (choices.below(8) === 0) return response.body?.cancel()
  const answers = (await codec.decodeStream(response.body as never)) as AsyncIterable<unknown>
  const statuses = new Map<unknown, unknown>()
  let said: unknown
  const blobs: unknown[] = []
  for await (const answer of answers) {
    if (!Array.isArray(answer)) said = answer
    else {
      if (statuses.has(answer[0])) throw new Finding('a step answered twice', String(answer[0]))
      statuses.set(answer[0], answer[1])
      blobs.push(answer[2])
    }
  }
  if (said !== steps.length || statuses.size !== steps.length)
    throw new Finding('a batch that is not answered', `${statuses.size} of ${steps.length}`)
  for (const index of calmly ? calm : [])
    if (statuses.get(index) !== 200)
      throw new Finding('a step that failed with others', String(statuses.get(index)))
  for (const each of blobs) await everything(each)
}

// biome-ignore lint/suspicious/noExplicitAny: what is called is chosen by bytes, so the compiler cannot follow it.
type Any = any

/** A promise among arguments. */
const handed = (choices: Choices): unknown => {
  const error = new Error('handed over')
  const late = async () => {
    await sleep(choices.below(3))
    throw error
  }
  return [() => Promise.reject(error), late, () => Promise.resolve(1), () => 1][choices.below(4)]?.()
}

/** Not in the program, whose calls it would hold. */
const onUnobserved = () => undefined

/** Programs as people write them: chains, walks, results passed on, of which some nobody waits for. */
async function program(router: Router, choices: Choices): Promise<void> {
  const options = { transport: local(router), retries: 0, onUnobserved }
  const api: Any = await get(`${origin}/`, { ...options, coalesce: choices.below(4) !== 0 }).catch(
    () => undefined,
  )
  if (api === undefined) return
  const calls: Any[] = []
  const count = 1 + choices.below(6)
  const call = (name: string, ...parameters: unknown[]) => {
    const made = name in api ? api[name](...parameters) : undefined
    if (made !== undefined) calls.push(made)
  }
  const each = [
    (item: Any) => item.hello(),
    (item: Any) => item.text(),
    (item: Any) => api.take(item),
    (item: Any) => ({ a: item.who(), b: item.part }),
    () => {
      throw new Error('the callback failed')
    },
  ]
  for (let index = 0; index < count; index++) {
    const earlier = calls[choices.below(Math.max(1, calls.length))]
    const kind = earlier === undefined ? 0 : choices.below(7)
    if (kind < 2) call(callable[choices.below(callable.length)] as string)
    else if (kind === 2) calls.push(earlier.hello())
    else if (kind === 3) calls.push(earlier.map(each[choices.below(each.length)]))
    else if (kind === 4) call('take', earlier)
    else if (kind === 5)
      call('take', { a: handed(choices), b: earlier, c: choices.below(2) === 0 ? () => 1 : 1 })
    else call('take', handed(choices), handed(choices))
  }
  const awaited = calls.filter(() => choices.below(3) !== 0)
  for (const outcome of await Promise.allSettled(awaited)) {
    if (outcome.status === 'fulfilled') await everything(outcome.value)
    else if (!(outcome.reason instanceof Error)) throw new Finding('not an error', String(outcome.reason))
  }
}

async function check(input: Uint8Array): Promise<void> {
  const choices = new Choices(input)
  const { error } = console
  // Of logs that fail.
  console.error = () => undefined
  try {
    const { router, calm } = misbehaving(choices)
    const way = choices.below(3)
    if (way === 0) await single(router, choices)
    else if (way === 1) await batch(router, calm, choices)
    else await program(router, choices)
    // What is late may come after the answer.
    await sleep(8)
  } finally {
    console.error = error
  }
}

export const failingTarget = (): Target => ({
  name: 'failing',
  seeds: [0, 1, 2].map(way => new Uint8Array([7, 7, 7, 7, 7, 7, way])),
  words: [],
  fresh: seed =>
    fc.sample(fc.uint8Array({ minLength: 8, maxLength: 60, size: 'max' }), { seed, numRuns: 64 }),
  check,
})
