// The client of `npm start`, in a process of its own: it knows one URL, and names.

import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { blob, call, get } from 'hyperglyph/client'
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

console.log('\nUsers and their messages')
await show("api.hello('you')", api.hello('you'))
const bob = await show("bob = api.find_user('bob')", api.find_user('bob'))
await show("bob.message('lol', 'feels good man')", bob.message('lol', 'feels good man'))
const tef = await show("tef = api.find_user('tef')", api.find_user('tef'))
await show('api.introduce(bob, tef)', api.introduce(bob, tef))
await show(
  'bob.inbox().map(({ subject }) => subject)',
  bob.inbox().then(inbox => inbox.map(({ subject }) => subject)),
)

console.log('\nAn attachment')
const sent = createHash('sha256')
async function* pieces() {
  for (let index = 0; index < 128; index++) {
    const piece = new Uint8Array(65_536).fill(index)
    sent.update(piece)
    yield piece
  }
}
const big = blob(pieces(), 'application/octet-stream', { filename: 'big.bin' })
await show("tef.message('big', '', <a stream of 8 MiB>)", tef.message('big', '', big))
const [letter] = await tef.inbox()
if (letter === undefined) throw new Error('the message has not arrived')
const received = createHash('sha256')
let size = 0
for await (const piece of (await letter.attachment()).chunks()) {
  received.update(piece)
  size += piece.length
}
const same = received.digest('hex') === sent.digest('hex')
console.log(
  `        ${letter.attached}: ${size} bytes, ${same ? 'the same as were sent' : 'others than were sent'}`,
)

console.log('\nLive news')
for await (const line of api.news()) {
  console.log('        →', line)
  if (line.endsWith('big')) await bob.message('fresh')
  if (line.endsWith('fresh')) break
}

console.log('\nAn object on another server')
const archived = await show('letter.archive()', letter.archive())
console.log(`        ${archived.subject} is there now`)

console.log('\nWhat goes wrong says what is wrong')
for (const wrong of [
  () => api.find_user('nobody'),
  () => bob.message(''),
  () => call(bob, 'mesage', 'A name that is misspelt'),
]) {
  try {
    await wrong()
  } catch (error) {
    console.log('        →', (error as Error).message)
  }
}
