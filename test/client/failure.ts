// What a call that must fail fails with.

import { inspect } from 'node:util'
import { expect } from 'vitest'

/** What a promise rejects with. */
// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it.
export const failure = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    result => expect.fail(`resolved with ${inspect(result, { maxStringLength: 80 })}`),
    error => error,
  )
