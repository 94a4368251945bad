// Tab completion: the names of the value before the last dot, also where that is a page or the result of a call.

import type { REPLServer } from 'node:repl'
import { runInContext } from 'node:vm'
import { namesOf } from '../walk.js'

/** Milliseconds that a result under way is waited for. */
const patience = 2000

/** Names, properties and places in lists: reading these calls nothing. */
const reading = /((?:[A-Za-z_$][\w$]*)(?:\.[A-Za-z_$][\w$]*|\[\d+\])*)\.([\w$]*)$/

type Completions = [names: string[], completed: string]

/** The names that may come here; undefined where that is for the console's own completion to say. */
export async function complete(
  line: string,
  context: REPLServer['context'],
): Promise<Completions | undefined> {
  const [, expression, start = ''] = reading.exec(line) ?? []
  if (expression === undefined) return undefined
  const value = await readIn(expression, context)
  const names = namesOf(value).filter(name => name.startsWith(start) && /^[A-Za-z_$][\w$]*$/.test(name))
  return names.length === 0 ? undefined : [names, start]
}

async function readIn(expression: string, context: REPLServer['context']): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  try {
    const value: unknown = runInContext(expression, context)
    const late = new Promise(resolve => (timer = setTimeout(resolve, patience)))
    return await Promise.race([value, late])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
