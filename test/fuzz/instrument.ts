// Coverage for the engine: each function, branch and operand of ours counts how often it ran, as AFL counts
// edges. A plug-in of esbuild's, since what counts must stand in the program; acorn finds the places.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Node, parse } from 'acorn'
import { type Plugin, transformSync } from 'esbuild'

/** The name of the array that the instrumented program counts in. */
export const counterName = '__hits'

interface Insertion {
  readonly at: number
  readonly text: string
}

type Fields = Record<string, unknown>

const isNode = (value: unknown): value is Node & Fields => typeof (value as Node | null)?.type === 'string'

/** What is written before and after a counter, and after the part of a node that it counts; undefined: none. */
function marksOf(node: Node, field: string, part: Node): readonly [string, string, string] | undefined {
  const operand = ['(', ',', ')'] as const
  if (node.type === 'LogicalExpression') return field === 'right' ? operand : undefined
  if (node.type === 'ConditionalExpression') return field === 'test' ? undefined : operand
  if (part.type === 'BlockStatement') return undefined
  if (node.type === 'ArrowFunctionExpression') return field === 'body' ? operand : undefined
  if (node.type === 'IfStatement' && field !== 'test') return ['{', ';', '}']
  return undefined
}

/** Counts at the start of each block and case, and at each operand that may not be evaluated. */
export function instrument(program: string, take: () => number): string {
  const insertions: Insertion[] = []
  const count = () => `${counterName}[${take()}]++`
  const visit = (node: Node & Fields): void => {
    if (node.type === 'BlockStatement') insertions.push({ at: node.start + 1, text: `${count()};` })
    const [first] = node.type === 'SwitchCase' ? (node.consequent as Node[]) : []
    if (first !== undefined) insertions.push({ at: first.start, text: `${count()};` })
    for (const [field, value] of Object.entries(node)) {
      for (const part of Array.isArray(value) ? value : [value]) {
        if (!isNode(part)) continue
        // Texts at one place are in the order of their making: what is around is written before what is inside.
        const marks = marksOf(node, field, part)
        if (marks !== undefined) insertions.push({ at: part.start, text: marks[0] + count() + marks[1] })
        visit(part)
        if (marks !== undefined) insertions.push({ at: part.end, text: marks[2] })
      }
    }
  }
  visit(parse(program, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as Node & Fields)
  let result = ''
  let position = 0
  for (const { at, text } of insertions.sort((a, b) => a.at - b.at)) {
    result += program.slice(position, at) + text
    position = at
  }
  return result + program.slice(position)
}

/** Instruments the sources in folders. `size`, once they are built: bytes for the counters. */
export function coverage(
  root: string,
  folders: readonly string[],
): { readonly plugin: Plugin; size(): number } {
  let used = 0
  const plugin: Plugin = {
    name: 'coverage',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!folders.some(folder => path.startsWith(join(root, folder)))) return undefined
        const { code } = transformSync(readFileSync(path, 'utf8'), { loader: 'ts', target: 'es2022' })
        return { contents: instrument(code, () => used++), loader: 'js' }
      })
    },
  }
  // Whole words, since they are looked through as such.
  return { plugin, size: () => Math.ceil(used / 4) * 4 }
}
