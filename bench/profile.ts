// What a CPU profile says: the functions that most time is spent in, of themselves.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { number, type Table } from './table.js'

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Waiting is no work. */
const idle = new Set(['(idle)', '(program)', '(root)'])

function tableOf(title: string, { nodes, samples, timeDeltas }: Profile, most: number): Table {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const place = url === '' ? '' : ` ${url.split('/').slice(-3).join('/')}:${lineNumber + 1}`
      return [id, `${functionName || '(anonymous)'}${place}`]
    }),
  )
  const times = new Map<string, number>()
  let busy = 0
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? ''
    if (idle.has(name)) continue
    const time = timeDeltas[index] ?? 0
    busy += time
    times.set(name, (times.get(name) ?? 0) + time)
  }
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, most)
  return {
    title,
    columns: ['function', '% of busy time'],
    rows: sorted.map(([name, time]) => [name, number((time / busy) * 100)]),
  }
}

/** A table for each profile in the folder. */
export const profileTables = (folder: string, most = 20): Table[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.cpuprofile'))
    .sort()
    .map(name =>
      tableOf(name.replace('.cpuprofile', ''), JSON.parse(readFileSync(join(folder, name), 'utf8')), most),
    )
