// RESULTS.md is written by several programs: the measurements write its beginning, others a section each, below
// a heading of its own. Each leaves alone what isn't its.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('./RESULTS.md', import.meta.url))
const heading = /^## (.+)$/gm

/** The text before the first section, and the sections by their headings. */
function read(): { beginning: string; sections: Map<string, string> } {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '# Results\n'
  const found = [...text.matchAll(heading)]
  const starts = found.map(({ index }) => index)
  const sections = found.map(
    ([, title = ''], at) => [title, text.slice(starts[at], starts[at + 1]).trim()] as const,
  )
  return { beginning: text.slice(0, starts[0]).trim(), sections: new Map(sections) }
}

function write(beginning: string, sections: ReadonlyMap<string, string>): string {
  writeFileSync(path, `${[beginning.trim(), ...sections.values()].join('\n\n')}\n`)
  return path
}

/** Replaces what comes before the sections. Returns the path, as the next does. */
export function writeBeginning(text: string): string {
  return write(text, read().sections)
}

/** Replaces a section, or adds it at the end. Headings in its text are of the third level, or deeper. */
export function writeSection(title: string, text: string): string {
  const { beginning, sections } = read()
  return write(beginning, sections.set(title, `## ${title}\n\n${text.trim()}`))
}
