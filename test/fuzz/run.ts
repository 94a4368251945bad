// The program of `npm run fuzz`, bundled and instrumented by start.ts: one process, one target, for so long.

import { keep, readCorpus } from './corpus.js'
import { Engine } from './engine.js'
import { counterName } from './instrument.js'
import type { Target } from './target.js'
import { targets } from './targets.js'

Error.stackTraceLimit = 0

const [duration = '60', chosen = '', seedText = '', found = ''] = process.argv.slice(2)
const target = (targets as Readonly<Record<string, () => Target | Promise<Target>>>)[chosen]
if (target === undefined) throw new Error(`no target ${chosen}: one of ${Object.keys(targets).join(', ')}`)
const seed = seedText === '' ? Math.floor(Math.random() * 2 ** 31) : Number(seedText)
const hits = (globalThis as unknown as { [key: string]: Uint8Array | undefined })[counterName]
const instance = await target()
console.log(`${chosen}: seed ${seed}, ${duration} seconds, Node ${process.version}`)
const engine = new Engine(
  instance,
  seed,
  readCorpus(chosen).map(([, input]) => input),
  hits,
)
const began = performance.now()
const limits = { milliseconds: Number(duration) * 1000, inputs: Number.POSITIVE_INFINITY }
const result = await engine.run(limits, (inputs, pool) => {
  const rate = Math.round(inputs / ((performance.now() - began) / 1000))
  console.log(`${chosen}: ${inputs} inputs, ${rate} a second, ${pool} in the pool`)
})
await instance.close?.()
const megabytes = result.heap.map(bytes => Math.round(bytes / 2 ** 20)).join(' ')
const seconds = [result.milliseconds, result.cpu].map(time => (time / 1000).toFixed(1))
console.log(
  `${chosen}: ${result.inputs} inputs in ${seconds[0]} s, ${seconds[1]} s of CPU, heap ${megabytes} MiB`,
)
for (const { input, error } of result.failures) {
  console.log(`\n${error.message}\n${error.cause instanceof Error ? error.cause.stack : ''}`)
  console.log(`kept as ${keep(chosen, input, error)}`)
}
if (found === 'keep') {
  for (const input of result.found) void keep(chosen, input)
}
process.exitCode = result.failures.length > 0 ? 1 : 0
