// Every example runs on the built package, prints what it should, and ends by itself.

import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { root, runTypeScript } from './run.js'

const expected: Readonly<Record<string, string>> = {
  'hello.ts': `
Router { hello(name?), add(a, b), today() }
Hello World
Hello you
42
2012-07-01T00:00:00.000Z
`,
  'users.ts': `
bob lives in the north
tef lives in the south
bob has [
  { subject: 'lol', body: 'feels good man' },
  { subject: 'again', body: '' }
]
tef has [ { subject: 'hypermedia', body: '' } ]
by reference: [ 'lol', 'again' ]
bob has 2 messages, and had 0
GET /User/…/: 404 nobody is called nobody
`,
  'queue.ts': `
worker-1 crawled /: 2 links
worker-1 crawled /about: 2 links
worker-2 crawled /news: 2 links
worker-2 crawled /people: 0 links
worker-2 crawled /news/1: 1 links
Map(5) {
  '/' => 'worker-1',
  '/about' => 'worker-1',
  '/news' => 'worker-2',
  '/people' => 'worker-2',
  '/news/1' => 'worker-2'
}
`,
  'files.ts': `
note.txt: 17 bytes, "Remember the milk"
big.bin: 8388608 bytes
what came back is what was sent
`,
}

test.each(Object.entries(expected))('%s prints what it should and ends', async (file, output) => {
  expect(await runTypeScript(`${root}examples/${file}`)).toEqual({
    code: 0,
    stdout: output.slice(1),
    stderr: '',
  })
})

test('every example is run by a test', () => {
  // start.ts goes on serving: start.test.ts has it.
  const files = readdirSync(`${root}examples`).filter(name => name.endsWith('.ts') && name !== 'start.ts')
  expect(files.sort()).toEqual(Object.keys(expected).sort())
})
