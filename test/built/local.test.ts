// The transport without a socket, in a program that has nothing else to do.

import { expect, test } from 'vitest'
import { run } from './run.js'

test('a call in process keeps the program running until it is answered, and no longer', async () => {
  const source = `
    import { get, local, Router } from 'hyperglyph'
    const router = new Router({ hello: (name = 'World') => 'Hello ' + name })
    const api = await get('http://local/', { transport: local(router) })
    console.log(await api.hello())
    console.log(await Promise.all([api.hello('a'), api.hello('b')]))`
  expect(await run(process.execPath, ['--input-type=module', '--eval', source])).toEqual({
    code: 0,
    stdout: "Hello World\n[ 'Hello a', 'Hello b' ]\n",
    stderr: '',
  })
})
