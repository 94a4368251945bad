// What the factory says of an application: help whose lines run, and an OpenAPI document.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { get } from '../../../../client/index.js'
import { args, type CallHelp, Router, type Server } from '../../../../server/index.js'
import { ask, start } from './site.js'

async function helpOf(server: Server): Promise<Record<string, CallHelp>> {
  const answer = await ask(server, 'help')
  expect(answer.status).toBe(200)
  return answer.json()
}

describe('help', () => {
  test('tells of everything that can be called, its arguments, defaults, schemas and comments', async () => {
    const help = await helpOf(await start())
    expect(Object.keys(help)).toEqual([
      'User',
      'hello',
      'add',
      'find',
      'look',
      'admin.reset',
      'age',
      'put',
      'drop',
      'count',
    ])
    expect(help.hello).toMatchObject({
      doc: 'Greets',
      method: 'POST',
      arguments: { greeting: { default: "it's World" } },
    })
    expect(help.age?.arguments.years).toMatchObject({
      required: true,
      schema: { type: 'integer', minimum: 18 },
    })
    expect(help.count?.marks).toEqual(['stream'])
    expect(help.User).toMatchObject({
      kind: 'class',
      properties: ['initial'],
      arguments: { id: { required: true } },
    })
    expect(help.User?.methods?.message).toMatchObject({
      doc: 'Sends a message',
      arguments: { subject: { required: true }, body: { required: false, default: '' } },
      typescript: "await api.User('id').message('subject', '', false)",
      python: 'api.User(id="id").message(subject="subject", body="", urgent=False)',
    })
  })

  test('tells which class the object is of that an argument takes', async () => {
    class Cat {
      constructor(readonly id: string) {}
    }
    const feed = args({ cat: Cat })((cat: Cat) => cat.id)
    const help = await helpOf(await start({}, new Router({ Cat, feed })))
    expect(help.feed?.arguments.cat?.schema).toEqual({
      description: 'a Cat: its page, or a link to it; in a form its address',
    })
  })

  test('tells of one thing by its name, and 404 of none', async () => {
    const server = await start()
    expect(Object.keys(await (await ask(server, 'help?name=User.inbox')).json())).toEqual(['User.inbox'])
    expect((await ask(server, 'help?name=nothing')).status).toBe(404)
  })

  test.each([
    ['hello', '"Hello it\'s World"'],
    ['add', '3'],
    ['find', /"id":"called"/],
    ['look', '"a & b"'],
    ['admin.reset', ''],
    ['age', '19'],
    ['put', '7'],
    ['drop', '"gone"'],
    ['count', /"\$item":2.*"\$count":3/s],
    ['User', /"id":"id"/],
    ['User.inbox', '["a message"]'],
    ['User.message', '["id","subject","",false]'],
  ])('its line for curl runs: %s', async (name, output) => {
    const server = await start()
    const help = await (await ask(server, `help?name=${name}`)).json()
    const { stdout } = await promisify(execFile)('sh', ['-c', help[name].curl.replace(/^curl /, 'curl -sS ')])
    if (typeof output === 'string') expect(stdout).toBe(output)
    else expect(stdout).toMatch(output)
  })

  test('comments before the methods of a class count, where the engine has kept them', async () => {
    // Compilers leave comments out: what Node runs as it is has them.
    const Box = new Function(
      'return class Box { constructor(id) { this.id = id }\n/** Opens\n * the box. */\nopen() {} shut() {} }',
    )()
    const server = await start({}, new Router({ Box }))
    const { Box: help } = await helpOf(server)
    expect(help?.methods?.open?.doc).toBe('Opens\nthe box.')
    expect(help?.methods?.shut?.doc).toBeUndefined()
  })

  test('is a page that clients can call', async () => {
    const api = await get(`${(await start()).url}factory/`)
    expect(Object.keys(await api.help('hello'))).toEqual(['hello'])
    expect(await api.ready()).toBe('ready')
    expect(await (await api.metrics()).text()).toContain('# EOF')
  })
})

describe('openapi.json', () => {
  test('is valid, and has every path', async () => {
    const document = await (await ask(await start(), 'openapi.json')).json()
    expect(await new Validator().validate(document)).toMatchObject({ valid: true })
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths).sort()).toEqual(
      [
        '/',
        '/User/',
        '/User/{state}/',
        '/User/{state}/inbox',
        '/User/{state}/message',
        '/add/',
        '/admin/reset/',
        '/age/',
        '/count/',
        '/drop/',
        '/find/',
        '/hello/',
        '/look/',
        '/put/',
      ].sort(),
    )
    const { schema } = document.paths['/age/'].post.requestBody.content['application/json']
    expect(schema).toMatchObject({
      required: ['years'],
      properties: { years: { type: 'integer', minimum: 18 } },
    })
    expect(document.paths['/look/'].get.parameters).toMatchObject([
      { name: 'what', in: 'query', required: false },
    ])
  })

  test('has the routers of an application where they are mounted, whatever they are called', async () => {
    const app = new Hono()
    app.route('/api/v1', new Router({ 'a {b}': () => 1, 'x/y': { 'ü.': () => 2 } }).app)
    app.route('/other', new Router({ hello: () => 1 }).app)
    const server = await start({}, app)
    const document = await (await ask(server, 'openapi.json')).json()
    expect(await new Validator().validate(document)).toMatchObject({ valid: true })
    expect(Object.keys(document.paths)).toEqual([
      '/api/v1/',
      '/other/',
      '/api/v1/a%20%7Bb%7D/',
      '/api/v1/x%2Fy/%C3%BC./',
      '/other/hello/',
    ])
  })
})
