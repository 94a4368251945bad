// The house: which folder and which file stands on which floor, as CONTRIBUTING.md shows it, and what is wrong with an
// import that runs up, or to a neighbour, or around.

import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** By folder: the floor of each of what is in it, counted from below. `*` is what is not named. */
export type House = ReadonlyMap<string, ReadonlyMap<string, number>>

/** Reads the block that begins with ```house. Throws Error for a line that is none, or a name that stands twice. */
export function houseOf(page: string): House {
  const [, block] = /^```house\n([\s\S]*?)^```/m.exec(page) ?? []
  if (block === undefined) throw new Error('there is no block ```house')
  const house = new Map<string, ReadonlyMap<string, number>>()
  for (const line of block.trimEnd().split('\n')) {
    const [, folder, floors] = /^(\S*\/)\s+(\S.*)$/.exec(line) ?? []
    if (folder === undefined || floors === undefined) throw new Error(`no line of the house: ${line}`)
    const rooms = new Map<string, number>()
    for (const [height, names] of floors.split('→').reverse().entries()) {
      for (const name of names.trim().split(/\s+/)) {
        if (rooms.has(name)) throw new Error(`${folder}${name} stands on two floors`)
        rooms.set(name, height)
      }
    }
    house.set(folder === '/' ? '' : folder, rooms)
  }
  return house
}

export const house = houseOf(readFileSync(`${root}CONTRIBUTING.md`, 'utf8'))

/** The folder, or the file without its extension, that a path is in, of what is in `folder`. */
const roomOf = (path: string, folder: string): string =>
  (path.slice(folder.length).split('/', 1)[0] as string).replace(/\.ts$/, '')

/** What is wrong with an import; undefined for one that runs down, or stays in a room that has no floors. */
export function misplaced(from: string, to: string, table: House = house): string | undefined {
  let folder = ''
  let here = roomOf(from, folder)
  let there = roomOf(to, folder)
  while (here === there && from.startsWith(`${folder}${here}/`) && to.startsWith(`${folder}${here}/`)) {
    folder += `${here}/`
    here = roomOf(from, folder)
    there = roomOf(to, folder)
  }
  const rooms = table.get(folder)
  if (rooms === undefined || here === there) return undefined
  const floorOf = (room: string) => rooms.get(room) ?? rooms.get('*')
  const own = floorOf(here)
  const other = floorOf(there)
  if (own === undefined || other === undefined)
    return `${folder}${own === undefined ? here : there} has no floor: name it in the table of CONTRIBUTING.md`
  if (other < own) return undefined
  const above = [...rooms].filter(([, floor]) => floor === other + 1).map(([room]) => folder + room)
  const up = other === own ? `${folder}${there} is on the same floor` : `${folder}${there} is above`
  const instead =
    above.length === 0 ? 'where both are below' : `in ${above.join(' or ')}, or what it needs belongs lower`
  return `${folder}${here} imports from below only, and ${up}; the file would belong ${instead}`
}

/** Files that import each other, directly or around others (Tarjan, 1972). */
export function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const circles: string[][] = []
  const visit = (file: string): number => {
    const number = order.size
    order.set(file, number)
    open.push(file)
    let low = number
    for (const next of imports.get(file) ?? []) {
      if (!imports.has(next)) continue
      if (!order.has(next)) low = Math.min(low, visit(next))
      else if (open.includes(next)) low = Math.min(low, lowest.get(next) ?? (order.get(next) as number))
    }
    lowest.set(file, low)
    if (low === number) {
      const circle = open.splice(open.indexOf(file))
      if (circle.length > 1) circles.push(circle.sort())
    }
    return low
  }
  for (const file of imports.keys()) if (!order.has(file)) visit(file)
  return circles
}

/** The source that a relative import leads to. */
export const sourceOf = (file: string, specifier: string): string =>
  posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
