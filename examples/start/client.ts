// The client of `npm start`, in a process of its own: it knows one URL, and names.

import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { blob, get } from 'hyperglyph/client'
import type { Api } from './api.js'

/** Prints what is called, and what it gave. */
async function show<T>(code: string, call: PromiseLike<T>): Promise<T> {
  console.log(`client  ${code}`)
  const result = await call
  console.log('        →', typeof result === 'string' ? result : inspect(result, { breakLength: 200 }))
  return result
}

const [address = 'http://127.0.0.1:8000/'] = process.argv.slice(2)
const api = await show(`get('${address}')`, get<Api>(address))

console.log('\nUsers and a message box')
await show("api.hello('you')", api.hello('you'))
const bob = await show("bob = api.find_user('bob')", api.find_user('bob'))
await show("bob.message('lol', 'feels good man')", bob.message('lol', 'feels good man'))
const tef = await show("tef = api.find_user('tef')", api.find_user('tef'))
await show('api.introduce(bob, tef)', api.introduce(bob, tef))
await show('bob.inbox()', bob.inbox())

console.log('\nA crawl queue')
const web: Readonly<Record<string, string[]>> = { '/': ['/about', '/news'], '/about': ['/', '/news'] }
const queue = await show('queue = api.queue()', api.queue())
await show("queue.push(['/'])", queue.push(['/']))
for (let page = await queue.pop(); page !== null; page = await queue.pop()) {
  const links = web[page] ?? []
  console.log(`        crawled ${page}: ${links.length} links`)
  await queue.push(links)
}

console.log('\nA blob store')
const sent = createHash('sha256')
async function* pieces() {
  for (let index = 0; index < 128; index++) {
    const piece = new Uint8Array(65_536).fill(index)
    sent.update(piece)
    yield piece
  }
}
const file = await show(
  "file = api.upload('big.bin', <a stream of 8 MiB>)",
  api.upload('big.bin', blob(pieces())),
)
const received = createHash('sha256')
let size = 0
for await (const piece of (await file.read()).chunks()) {
  received.update(piece)
  size += piece.length
}
const same = received.digest('hex') === sent.digest('hex')
console.log(
  `        file.read() gave ${size} bytes, ${same ? 'the same as were sent' : 'others than were sent'}`,
)
await show('api.files()', api.files())

console.log('\nWhat goes wrong says what is wrong')
for (const wrong of [
  () => api.find_user('nobody'),
  () => (bob as unknown as { mesage: () => void }).mesage(),
]) {
  try {
    await wrong()
  } catch (error) {
    console.log('        →', (error as Error).message)
  }
}
