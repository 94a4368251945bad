// What has been found by fuzzing stays mended, and a short run finds nothing more. `npm run fuzz` runs for longer,
// guided by what code the inputs run; here nothing is instrumented.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readCorpus } from './fuzz/corpus.js'
import { Engine } from './fuzz/engine.js'
import { entries } from './fuzz/entries.js'
import { growthTarget, writeKind } from './fuzz/growth.js'
import { someKinds } from './fuzz/growth-kinds.js'
import { targetNames } from './fuzz/names.js'
import { Finding, type Target, utf8 } from './fuzz/target.js'
import { type TargetName, targets } from './fuzz/targets.js'

/** Inputs of the short runs: some two seconds together. */
const inputs: Readonly<Record<TargetName, number>> = {
  text: 3000,
  cbor: 3000,
  json: 3000,
  handler: 1000,
  client: 500,
  sockets: 200,
  growth: 400,
  failing: 400,
}
const limits = { milliseconds: 15_000 }
/** What would try for minutes otherwise. */
const small: Partial<Record<TargetName, () => Target>> = { growth: () => growthTarget(someKinds(8), 16_384) }

const problems = (failures: readonly { readonly error: Error; readonly input: Uint8Array }[]) =>
  failures.map(({ error, input }) => `${error.message} (${Buffer.from(input).toString('hex')})`)

describe.each(targetNames)('%s', name => {
  test('keeps its promises for the vectors, the corpus, and inputs made at random', async () => {
    const target = await (small[name] ?? targets[name])()
    const seed = Math.floor(Math.random() * 2 ** 31)
    const corpus = readCorpus(name).map(([, input]) => input)
    const { failures, inputs: tried } = await new Engine(target, seed, corpus).run({
      ...limits,
      inputs: inputs[name],
    })
    await target.close?.()
    expect(problems(failures), `seed ${seed}`).toEqual([])
    expect(tried).toBeGreaterThan(target.seeds.length + corpus.length)
  })
})

test('the corpus has inputs of targets only', () => {
  expect(
    readdirSync('test/corpus').filter(
      name => name !== 'README.md' && !targetNames.some(target => target === name),
    ),
  ).toEqual([])
})

/** A target that has one fault. */
const faulty = (check: (text: string) => void | Promise<void>): Target => ({
  name: 'faulty',
  seeds: [utf8('a long input with a needle in the middle of it')],
  words: [],
  fresh: () => [],
  check: input => check(Buffer.from(input).toString()),
})

test.each<[kind: string, smallest: string, check: (text: string) => void | Promise<void>]>([
  [
    'unclassified error',
    'needle',
    text => {
      if (text.includes('needle')) throw new TypeError('needle')
    },
  ],
  [
    'own finding',
    'needle',
    async text => {
      if (text.includes('needle')) throw new Finding('own finding', 'needle')
    },
  ],
  [
    'unhandled rejection',
    'needle',
    async text => {
      if (text.includes('needle')) void Promise.reject(new Error('needle'))
      await new Promise(resolve => setImmediate(resolve))
    },
  ],
])('the fuzzer tells of an input with an %s, made as small as it can be', async (kind, smallest, check) => {
  const { failures } = await new Engine(faulty(check), 1, []).run({ ...limits, inputs: 1 })
  expect(failures).toMatchObject([{ error: { kind }, input: utf8(smallest) }])
})

test('the fuzzer tells of what takes the square of its size, and of nothing that does not', async () => {
  const loop = (steps: number) => {
    let sum = 0
    for (let step = 0; step < steps; step++) sum = (sum * 31 + step) | 0
    return sum
  }
  entries.quadratic = input => loop(input.length ** 2 / 2)
  entries.linear = input => loop(input.length * 1000)
  const check = (entry: string) => growthTarget([], 16_384).check(writeKind({ entry, unit: 'a' }))
  try {
    await expect(check('quadratic')).rejects.toThrow(/^grows: quadratic: "a", .* times that$/)
    await check('linear')
  } finally {
    delete entries.quadratic
    delete entries.linear
  }
})

test('the fuzzer tells of a hang', async () => {
  const spin = (text: string) => {
    const { user } = process.cpuUsage()
    while (text.includes('needle') && process.cpuUsage().user < user + 160_000);
  }
  const target = { ...faulty(spin), seeds: [utf8('needle')] }
  const { failures } = await new Engine(target, 1, []).run({ ...limits, inputs: 1 })
  expect(failures).toMatchObject([{ error: { kind: 'hang' } }])
})

test('npm run fuzz tries a target in a process of its own', { timeout: 60_000 }, () => {
  const parameters = ['--import', 'tsx', 'test/fuzz/start.ts', '0', 'handler', '1']
  const { stdout, stderr, status } = spawnSync(process.execPath, parameters, { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^handler: seed 1, 0 seconds.*\nhandler: [1-9]\d* inputs in /)
  expect(status).toBe(0)
})
