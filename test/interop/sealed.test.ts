// The clients of 2012 against a router whose URLs are sealed: they are opaque to them, as they always were.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, serve } from '../../server/index.js'
import { appFor } from './app.js'
import { PythonClient } from './python-client.js'
import type { PythonExtension } from './python-reader.js'

const servers: Server[] = []
beforeAll(async () => {
  for (const seal of ['sign', 'encrypt'] as const)
    servers.push(await serve(appFor({ secret: 'x'.repeat(32), seal }), { port: 0 }))
})
afterAll(() => Promise.all(servers.map(server => server.close())))

test.each([0, 1])(
  'the Python client calls what has a sealed URL, and passes it on: server %i',
  async index => {
    const python = new PythonClient()
    const root = (await python.fetch('GET', servers[index]?.url as string)) as PythonExtension
    const counter = await python.call(root, 'find', [4])
    expect(await python.call(counter, 'double')).toBe(8)
    const next = await python.call(counter, 'advance', [2])
    expect(await python.call(next, 'plus', [1])).toBe(7)
    expect(await python.call(root, 'value_of', [next])).toBe(6)
  },
)
