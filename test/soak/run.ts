// The soak: `npm run soak -- [SECONDS] [--rate N] [--write]`. Two servers and a client in processes of their own,
// mixed calls, every answer checked. Ends with 1 where an answer was wrong, an error unexpected, or something grew
// beyond the bounds of verdict.ts. `--write` puts the tables into bench/RESULTS.md.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeSection } from '../../bench/sections.js'
import { number } from '../../bench/table.js'
import { compiled } from '../fixtures/compiled.js'
import type { ClientReport, Order } from './client.js'
import { intervalLines, kindTable, Totals, vitalsTable } from './report.js'
import type { ServerReport } from './server.js'
import { growth, type Sample } from './verdict.js'
import type { Vitals } from './vitals.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Starts a second; without it as many as go. */
    rate: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const seconds = Number(positionals[0] ?? 60)
const rate = Number(values.rate ?? 1e6)
if (!(seconds > 0 && rate > 0)) throw new Error('usage: npm run soak -- [SECONDS] [--rate N] [--write]')
/** Sixty samples, of a second to a minute. */
const interval = Math.min(60, Math.max(1, seconds / 60))

const folder = mkdtempSync(join(tmpdir(), 'soak-'))
const programs = { server: compiled('../soak/server'), client: compiled('../soak/client') }
const children: ChildProcess[] = []

function start(program: keyof typeof programs, ...parameters: string[]): ChildProcess {
  const child = fork(programs[program].path, parameters, {
    execArgv: ['--expose-gc', '--enable-source-maps'],
  })
  children.push(child)
  return child
}

async function said<T>(child: ChildProcess): Promise<T> {
  const controller = new AbortController()
  const { signal } = controller
  try {
    const ended = once(child, 'exit', { signal }).then(([code, by]) => {
      throw new Error(`a process ended by itself, with ${code ?? by}`)
    })
    return (await Promise.race([once(child, 'message', { signal }).then(([message]) => message), ended])) as T
  } finally {
    controller.abort()
  }
}

function ask<T>(child: ChildProcess, order: Order | null): Promise<T> {
  child.send(order ?? {})
  return said<T>(child)
}

async function soak(): Promise<boolean> {
  const other = start('server', folder)
  const otherUrl = await said<string>(other)
  const server = start('server', folder, otherUrl)
  const client = start('client', await said<string>(server))
  await said(client)

  const servers = { server, 'other server': other }
  const samples = new Map<string, Sample[]>(['client', ...Object.keys(servers)].map(name => [name, []]))
  const totals = new Totals()
  const accidents = new Map<string, number>()
  const began = performance.now()
  const now = () => (performance.now() - began) / 1000
  while (totals.seconds < seconds) {
    const report = await ask<ClientReport>(client, {
      seconds: Math.min(interval, seconds - totals.seconds),
      rate,
    })
    totals.add(report)
    const keep = (name: string, vitals: Vitals) => samples.get(name)!.push({ at: now(), ...vitals })
    keep('client', await ask<Vitals>(client, { rate }))
    for (const [name, child] of Object.entries(servers)) {
      const { vitals, accidents: logged } = await ask<ServerReport>(child, null)
      keep(name, vitals)
      for (const [line, count] of Object.entries(logged)) accidents.set(`${name}: ${line}`, count)
    }
    console.log(intervalLines(now(), new Totals().add(report), samples))
  }

  const grown = [...samples].flatMap(([name, list]) => growth(name, list))
  const failures = [
    ...[...totals.errors].map(([what, { count, first }]) => `${count} × ${what}: ${first}`),
    ...[...accidents].map(([line, count]) => `${count} × in the log of the ${line}`),
    ...grown,
  ]
  const ending = failures.length === 0 ? 'nothing wrong' : failures.join('\n')
  const statuses = [...totals.statuses].map(([status, count]) => `${number(count)} × ${status}`).join(', ')
  const used = [...samples].map(([name, list]) => {
    const share = (list.at(-1)!.cpu - list[0]!.cpu) / 1e6 / (list.at(-1)!.at - list[0]!.at)
    return `${name} ${Math.round(share * 100)} %`
  })
  const summary = [
    `- ${new Date().toISOString().slice(0, 10)}, ${number(totals.seconds)} s, ${values.rate === undefined ? 'as fast as it goes' : `${rate} starts a second at most`}`,
    `- ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${process.platform}, Node ${process.version}; of a core: ${used.join(', ')}`,
    `- ${number(totals.all.calls)} calls: ${totals.wrong} wrong answers, ${totals.unexpected} unexpected errors; statuses: ${statuses}`,
    `- ${ending}`,
  ].join('\n')
  const text = `Written by \`npm run soak -- SECONDS --rate N --write\`: two servers and a client, mixed calls, every answer checked.\n\n${summary}\n\n${kindTable(totals)}\n${vitalsTable(samples)}`
  console.log(`\n${text}`)
  if (values.write) console.log(`Written to ${writeSection('Soak', text)}`)
  return failures.length === 0
}

try {
  process.exitCode = (await soak()) ? 0 : 1
} finally {
  for (const child of children) if (child.connected) child.disconnect()
  await Promise.all(children.map(child => child.exitCode ?? child.signalCode ?? once(child, 'exit')))
  for (const program of Object.values(programs)) program.remove()
  rmSync(folder, { recursive: true })
}
