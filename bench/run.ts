// The measurements: `npm run bench -- [options]`, which README.md explains.

import { mkdtempSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { codecTables, measureCodecs } from './codec-tables.js'
import { coldTable, measureCold } from './cold.js'
import { growthTable, type Idle, idleTable, measureGrowth, measureIdle } from './memory.js'
import { descriptions, ours, type PeerName, peers } from './peer.js'
import { prepare, versions } from './prepare.js'
import { profileTables } from './profile.js'
import { type Measured, measure, tableOf } from './rounds.js'
import { writeBeginning } from './sections.js'
import { render, type Table } from './table.js'
import { type Results, targetTable } from './targets.js'
import { workloads } from './workloads.js'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string' },
    slice: { type: 'string' },
    write: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
})

const { quick } = options
const rounds = Number(options.rounds ?? (quick ? 3 : 21))
const slice = Number(options.slice ?? (quick ? 100 : 300))
/** Calls that take longer than a slice are measured in fewer rounds. */
const heavyRounds = Math.min(rounds, 9)
const calls = quick ? 20_000 : 1_000_000
const idleClients = quick ? 100 : 1000

const only = options.only?.split(',')
/** `small` stands for `small-1` and `small-32`. */
const wanted = (name: string) =>
  only === undefined || only.some(part => name === part || name.startsWith(`${part}-`))
const parts = ['cold', 'codecs', 'memory', ...workloads.map(({ name }) => name)]
for (const part of only ?? []) {
  const known = parts.some(name => name === part || name.startsWith(`${part}-`))
  if (!known) throw new Error(`--only ${part}: expected one of ${parts.join(', ')}`)
}

for (const name of options.peers?.split(',') ?? []) {
  if (!peers.includes(name as PeerName))
    throw new Error(`--peers ${name}: expected one of ${peers.join(', ')}`)
}
const chosen = peers.filter(
  name => name === ours || options.peers === undefined || options.peers.split(',').includes(name),
)

const profiles = options.profile ? mkdtempSync(join(tmpdir(), 'hyperglyph-profiles-')) : undefined

const tables: Table[] = []
function show(table: Table): void {
  tables.push(table)
  console.log(`\n${render(table)}`)
}

prepare()

const measured = new Map<string, Measured>()
for (const workload of workloads.filter(({ name }) => wanted(name))) {
  const result = await measure(workload, chosen, {
    rounds: workload.memory ? heavyRounds : rounds,
    slice,
    warmCalls: quick ? 500 : 30_000,
    warmSlices: quick ? 5 : 30,
    profiles,
  })
  measured.set(workload.name, result)
  show(tableOf(workload, result))
}
if (wanted('cold')) show(coldTable(await measureCold(chosen, quick ? 2 : 15)))

const codecs = wanted('codecs') ? await measureCodecs(quick ? 5 : 31, quick ? 10 : 40) : []
if (codecs.length > 0) for (const table of codecTables(codecs)) show(table)

const growth = wanted('memory') ? await measureGrowth(calls) : []
if (growth.length > 0) show(growthTable(growth))
const idle: Idle[] = []
if (wanted('memory')) {
  for (const peer of chosen) {
    const found = await measureIdle(peer, idleClients, quick ? 1 : 5)
    if (found !== undefined) idle.push(found)
  }
  show(idleTable(idle, idleClients))
}

const results: Results = { measured, codecs, growth, idle }
const verdict = targetTable(results)
if (verdict.rows.length > 0) show(verdict)

if (profiles !== undefined) {
  console.log(`\nProfiles, to be opened in Chrome's developer tools: ${profiles}`)
  for (const table of profileTables(profiles)) console.log(`\n${render(table)}`)
}

if (options.write) {
  const [cpu] = cpus()
  const head = [
    '# Results',
    '',
    'Written by `npm run bench -- --write`; README.md says how to read them. Ratios are medians of ratios of the same round, with their quartiles.',
    '',
    `- ${new Date().toISOString().slice(0, 10)}${quick ? ', a quick run, good for nothing but seeing that it runs' : ''}`,
    `- ${cpu?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`,
    `- ${rounds} rounds (${heavyRounds} for blobs and streams), slices of ${slice} ms`,
    `- ${versions().join(', ')}`,
    '',
    ...chosen.map(name => `- **${name}**: ${descriptions[name]}`),
    '',
  ].join('\n')
  // The verdict first.
  const ordered = tables.includes(verdict) ? [verdict, ...tables.filter(table => table !== verdict)] : tables
  console.log(`\nWritten to ${writeBeginning([head, ...ordered.map(render)].join('\n'))}`)
}
