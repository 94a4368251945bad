// The history of the prompt: a file in the state folder of the XDG base directory specification.

import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** The file, in a folder that exists; undefined where none can be made: then nothing is kept. */
export function historyFile(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { XDG_STATE_HOME: state = '' } = environment
  const folder = join(isAbsolute(state) ? state : join(homedir(), '.local', 'state'), 'hyperglyph')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch {
    return undefined
  }
  return join(folder, 'history')
}
