// The prompt: Node's own, with the page's names in scope, results awaited, and printed as elsewhere here.

import { once } from 'node:events'
import type { AsyncCompleter } from 'node:readline'
import { type REPLServer, start } from 'node:repl'
import * as values from '../../client/index.js'
import { attempt } from '../../lib/promises.js'
import { visible } from '../../lib/terminal-text.js'
import type { Connection } from '../connection.js'
import { describeError } from '../exit-codes.js'
import { inspected, type Look, show } from '../show.js'
import { consoleOver, forTerminal, say, tell } from '../terminal.js'
import { inputsOf } from '../walk.js'
import { complete } from './completion.js'
import { historyFile } from './history.js'
import { enter } from './scope.js'

const welcome = `Call what you see: name(argument). Results are awaited. Tab completes, .exit or Ctrl-D ends.
api is the page above; file('path') is a blob, get(url) another page, named({…}) arguments by name.
`

/** Until Ctrl-D. Rejects where the first page cannot be had. */
export async function prompt(connection: Connection): Promise<void> {
  const warn = (error: unknown) => say(`not awaited: ${describeError(error, false)}\n`)
  const options = { ...connection.options, onUnobserved: warn }
  const api: unknown = await values.get(connection.url, options)
  const look: Look = { colors: !process.env.NO_COLOR, terminal: true }
  tell(`${show(api, look)}\n\n${welcome}`)
  const server = start({
    prompt: '> ',
    preview: false,
    writer: value => forTerminal(written(value, look)),
    ignoreUndefined: true,
  })
  enter(server, api, options)
  server.context.console = consoleOver(toStandardOutput, () => server.close()).console
  completeNames(server)
  const history = historyFile()
  // Without a history the prompt is as good.
  if (history !== undefined) server.setupHistory(history, () => undefined)
  await once(server, 'exit')
}

function completeNames(server: REPLServer): void {
  const own = server.completer as AsyncCompleter
  const completer: AsyncCompleter = (line, done) => {
    const completed = async () => {
      const found = await complete(line, server.context)
      if (found === undefined) own.call(server, line, plainly(done))
      else done(null, found)
    }
    attempt(completed, error => done(error as Error, [[], line]))
  }
  Object.defineProperty(server, 'completer', { value: completer })
}

type Completed = Parameters<AsyncCompleter>[1]

/** Without names that a terminal would obey. */
const plainly =
  (done: Completed): Completed =>
  (error, found) =>
    done(error, found && [found[0].filter(name => visible(name) === name), found[1]])

const toStandardOutput = (text: string) => new Promise<void>(resolve => tell(text, () => resolve()))

/** Errors of calls as one line: their stack is the client's. */
function written(value: unknown, look: Look): string {
  const isOurs = value instanceof values.RemoteError || value instanceof values.NetworkError
  if (isOurs) return describeError(value, false)
  if (typeof value === 'string' || (typeof value === 'function' && inputsOf(value) === undefined))
    return inspected(value, look)
  return value === null ? 'null' : show(value, look)
}
