// The scope of code at the prompt and in piped lines: the names of the page, and this library. Results are awaited.

import type { REPLServer } from 'node:repl'
import * as values from '../../client/index.js'
import { Duration } from '../../lib/values/duration.js'
import { fileBlob } from '../uploads.js'
import { namesOf } from '../walk.js'
import { absentIn } from './absent.js'

/** Fills the context of a prompt, and makes it await the results of its lines. */
export function enter(server: REPLServer, api: unknown, options: values.Options): void {
  const { get: _, ...others } = values
  const get = (url: string | URL) => values.get(url, options)
  Object.assign(server.context, others, { Duration, api, get, file: fileBlob })
  for (const name of namesOf(api)) {
    const value: unknown = Object.getOwnPropertyDescriptor(api, name)?.value
    // A name that the context has already is reached as api.name.
    if (!(name in server.context)) server.context[name] = value
  }
  awaitResults(server)
}

/** Makes a prompt show the results of calls, rather than Calls. */
function awaitResults(server: REPLServer): void {
  const evaluate = server.eval
  const awaiting: REPLServer['eval'] = (code, context, file, done) =>
    evaluate.call(server, code, context, file, (error, result: unknown) => {
      if (error !== null && error !== undefined) return done(absentIn(code, context) ?? error, undefined)
      Promise.resolve(result).then(
        value => done(value === undefined ? absentIn(code, context) : null, value),
        (reason: Error) => done(reason, undefined),
      )
    })
  Object.defineProperty(server, 'eval', { value: awaiting })
}
