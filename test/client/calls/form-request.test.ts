// Requests of forms, as they are built and not sent.

import { expect, test } from 'vitest'
import { formRequest } from '../../../client/calls/form-request.js'
import { Session } from '../../../client/exchange/session.js'
import { json } from '../../../lib/codecs.js'
import { Form } from '../../../lib/values/nodes.js'

const url = 'http://a.example/site/hello/'
const transport = () => Promise.reject(new Error('nothing is to be sent'))
const session = new Session({ url, options: {}, transport, receive: node => node })
const submission = { label: 'hello', origin: { session, codec: json, drawn: 0 }, begun: undefined }
const bodyOf = (body: unknown) => new TextDecoder().decode(body as Uint8Array)

test('a POST has its arguments in the body, by name, with its length', async () => {
  const form = new Form({ method: 'POST', url })
  const { body, ...request } = await formRequest(form, new Map([['name', 'bob']]), submission)
  expect(bodyOf(body)).toBe('{"name":"bob"}')
  const headers = { 'content-type': json.type, 'content-length': '14' }
  expect(request).toEqual({ method: 'POST', url, headers })
})

test('a GET has them in the query', async () => {
  const form = new Form({ method: 'GET', url })
  const { url: target, ...request } = await formRequest(form, new Map([['n', 5]]), submission)
  expect(request).toEqual({ method: 'GET', headers: {} })
  expect(target).toMatch(/^http:\/\/a\.example\/site\/hello\/\?./)
})

test('a promise among the arguments is waited for', async () => {
  const form = new Form({ method: 'POST', url })
  const { body } = await formRequest(form, new Map([['name', Promise.resolve('eve')]]), submission)
  expect(bodyOf(body)).toBe('{"name":"eve"}')
})

test('a form that cannot be sent is a TypeError', async () => {
  const form = new Form({ method: 'GET', url, envelope: 'form' })
  await expect(formRequest(form, new Map(), submission)).rejects.toThrow(
    'hello: cannot send a GET with the envelope "form"',
  )
})
