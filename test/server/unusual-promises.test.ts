// Promises where nobody expects them: linked to, thrown, given by a log, or in the place of an iterator. None ends the
// process.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Fault } from '../../lib/fault.js'
import { allow, link, Router } from '../../server/index.js'
import { later, posted, quiet, watchRejections } from './failing.js'

watchRejections()

test('rights of a user that are a promise let nobody in, and end no process', async () => {
  const identify = () => ({ rights: Promise.reject(new Error('late rights')) })
  const router = new Router({ shut: allow('admin')(() => 1) }, { identify, log: quiet })
  expect((await router.fetch(new Request('http://local/shut/', { method: 'POST' }))).status).toBe(500)
  await sleep(10)
})

test('a promise that is linked to, or stands for an iterator, fails the call that gave it', async () => {
  const given = {
    linked: () => link(Promise.reject(new Error('linked'))),
    iterated: () => ({ [Symbol.asyncIterator]: () => Promise.reject(new Error('iterated')) }),
  }
  const router = new Router({ ...given, ok: () => 1 }, { pipeline: true, log: quiet })
  for (const name of Object.keys(given)) expect((await posted(`${name}/`, {}, router)).status).toBe(500)
})

test('a log whose methods reject, and hooks that throw promises, end nothing', async () => {
  const rejecting = () => Promise.reject(new Error('log'))
  const log = { error: rejecting, warn: rejecting, info: rejecting }
  const onCall = () => {
    throw Promise.reject(new Fault('thrown', { details: { late: later(5) } }))
  }
  const router = new Router({ ok: () => 1, fails: () => Promise.reject(later(5)) }, { log, onCall })
  expect((await posted('ok/', {}, router)).status).toBe(200)
  expect((await posted('fails/', {}, router)).status).toBe(500)
})

test('a log that fails keeps nothing from being registered, and ends nothing', async () => {
  const rejecting = () => Promise.reject(new Error('log'))
  const log = { error: rejecting, warn: rejecting, info: rejecting }
  const minified = new Function('return (e,t)=>e+t')()
  expect((await posted('add/', { e: 1, t: 2 }, new Router({ add: minified }, { log }))).text).toBe('3')
})
