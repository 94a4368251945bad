// The programs of the README, and of the pages that go on where it ends: fenced blocks whose first line is a comment with a file name. What they print is
// in comments that begin with `→`, in order.

import { readFileSync } from 'node:fs'
import { root } from './run.js'

export interface Program {
  readonly file: string
  readonly language: string
  readonly code: string
  /** What it prints; a program without is not meant to end. */
  readonly output: string
}

export const readme = readFileSync(`${root}README.md`, 'utf8')

const outputOf = (code: string) =>
  Array.from(code.matchAll(/\/\/ → (.*)$/gm), ([, line]) => `${line}\n`).join('')

const documents =
  readme +
  ['guide', 'security', 'face', 'identity']
    .map(page => readFileSync(`${root}spec/${page}.md`, 'utf8'))
    .join('')

export const programs: readonly Program[] = Array.from(
  documents.matchAll(/^```(js|ts)\n\/\/ (\S+)\n([\s\S]*?)^```$/gm),
  ([, language = '', file = '', code = '']) => ({ file, language, code, output: outputOf(code) }),
)

/** Commands of their blocks for a shell, each with what it prints. */
export const commands: readonly { readonly command: string; readonly output: string }[] = Array.from(
  documents.matchAll(/^(curl .*)\n# → (.*)$/gm),
  ([, command = '', output = '']) => ({ command, output }),
)

/** A program with another port than the README's. */
export const onPort = (code: string, port: number): string =>
  code.replaceAll(':8000', `:${port}`).replaceAll('port: 8000', `port: ${port}`)
