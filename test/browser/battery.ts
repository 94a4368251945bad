// What a page, a web worker and a service worker each try with the client of the bundle, in a real browser. It says by
// name what came of each try; the test compares. Nothing here knows which browser it is.

import { blob, get, named, RemoteError, url, withOptions } from '../../client/index.js'

/** `'ok'`, or what was wrong. */
export type Results = Record<string, string>

// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
type Api = any

async function* unknown(size: number) {
  for (let sent = 0; sent < size; sent += 65_536) yield new Uint8Array(Math.min(65_536, size - sent))
}

const equal = (found: unknown, expected: unknown) => {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)]
  if (left !== right) throw new Error(`${left} rather than ${right}`)
}

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    value => Promise.reject(new Error(`gave ${JSON.stringify(value)}`)),
    error => error,
  )

const megabytes = 5

const tries: Readonly<Record<string, (api: Api, first: string) => Promise<void>>> = {
  'a page shows what it offers': async api =>
    equal(Object.hasOwn(api, 'hello') && typeof api.hello, 'function'),
  'a call has its result': async api => equal(await api.hello('you'), 'Hello you'),
  'arguments go by name': async api => equal(await api.hello(named({ name: 'me' })), 'Hello me'),
  'a page after a redirect resolves against where it is': async (api, first) => {
    const bob = await api.find('bob')
    equal(new URL(url(bob)).pathname.startsWith(new URL('User/', first).pathname), true)
    equal(await bob.greet(), 'bob greets')
    equal(await (await bob.friend()).greet(), 'eve greets')
  },
  'several redirects, from another directory, lead to a page whose calls work': async (_, first) => {
    const api: Api = await get(new URL('/moved/far/away', first))
    equal(await api.hello(), 'Hello World')
    equal(await (await api.find('tef')).greet(), 'tef greets')
  },
  'a page that is elsewhere, for once (307) or for good (308), leads to what is there': async (_, first) => {
    for (const way of ['/once/', '/for/good/x/']) {
      const api: Api = await get(new URL(way, first))
      equal(url(api), first)
      const bob = await api.make('bob')
      equal([await bob.greet(), await (await bob.friend()).greet()], ['bob greets', 'eve greets'])
    }
  },
  'what a form gives that has moved (307, 308) resolves against where that is': async (_, first) => {
    const api: Api = await get(new URL('/before/it/moved/', first))
    for (const name of ['make', 'find']) {
      const bob = await api[name]('bob')
      equal(url(bob).startsWith(`${first}User/`), true)
      equal([await bob.greet(), await (await bob.friend()).greet()], ['bob greets', 'eve greets'])
    }
    equal(await api.measure(blob(new Uint8Array(100_000))), [100_000, 100_000])
  },
  'a mount without its slash is a page whose calls work': async (_, first) => {
    const api: Api = await get(first.replace(/\/$/, ''))
    equal(await api.hello(), 'Hello World')
  },
  'calls of one turn travel together': async api => {
    const bob = api.User('bob')
    equal(await bob.friends().map((friend: Api) => friend.greet()), ['eve greets', 'tef greets'])
  },
  'a small blob goes up with its size': async api => equal(await api.measure(blob('hello')), [5, 5]),
  'a large Blob goes up with its size': async api => {
    const size = megabytes * 2 ** 20
    equal(await api.measure(new Blob([new Uint8Array(size)]) as never), [size, size])
  },
  'a File goes up with its name': async api => {
    const file = new File([new Uint8Array(3_000_000)], 'holiday.png', { type: 'image/png' })
    equal(await api.describe([file, blob('b')]), [
      'holiday.png image/png 3000000',
      ' text/plain; charset=utf-8 1',
    ])
  },
  'a stream of unknown length goes up': async api =>
    equal(await api.measure(blob(unknown(3_000_001))), [3_000_001, 3_000_001]),
  'who asks is told how much has gone up, of all kinds of blobs': async api => {
    const size = megabytes * 2 ** 20
    for (const [file, known] of [
      [blob(new Uint8Array(size)), size],
      [new Blob([new Uint8Array(size)]), size],
      [blob(unknown(size)), size],
    ] as const) {
      const told: { sent: number; total: number | undefined }[] = []
      const onUpload = (progress: (typeof told)[number]) => {
        told.push(progress)
        throw new Error('nobody hears of this')
      }
      const telling: Api = withOptions(api, { onUpload })
      equal((await telling.measure(file))[1], known)
      const { sent = 0, total } = told.at(-1) ?? {}
      equal([sent >= size, sent < size * 1.01, sent === total], [true, true, true])
      equal(
        told.every((each, at) => each.sent > 0 && each.sent >= (told[at - 1]?.sent ?? 0)),
        true,
      )
      const error = await failure(telling.fail())
      equal([error instanceof RemoteError, (error as RemoteError).status], [true, 404])
    }
    equal(await (withOptions(api, { onUpload: () => undefined }) as Api).hello('you'), 'Hello you')
  },
  'a call that tells of its upload can be ended': async api => {
    const options = { onUpload: () => undefined, timeout: 200 }
    const error = await failure((withOptions(api, options) as Api).slow())
    equal(error.name === 'NetworkError' || error.name === 'TimeoutError', true)
  },
  'a blob as the whole body goes up': async api =>
    equal(await api.put(new Blob([new Uint8Array(3_000_000)])), 3_000_000),
  'an upload follows a redirect that keeps the method': async (_, first) => {
    const api: Api = await get(new URL('/kept/', first))
    equal(await api.measure(blob(new Uint8Array(100_000))), [100_000, 100_000])
  },
  'a blob comes down, and can be left': async api => {
    equal((await (await api.produce(3_000_000)).bytes()).length, 3_000_000)
    const left = await api.produce(3_000_000)
    for await (const chunk of left.chunks()) {
      equal(chunk.length > 0, true)
      break
    }
  },
  'a blob goes down and up again': async api =>
    equal(await api.measure(await api.produce(3_000_000)), [3_000_000, 3_000_000]),
  'items come as they are made, and can be left': async api => {
    const items: unknown[] = []
    for await (const item of api.count()) {
      items.push(item)
      if (items.length === 3) break
    }
    equal(items, [1, 2, 3])
  },
  'values keep their kinds': async api => {
    const { when, set, bytes, large } = await api.values()
    equal(
      [when instanceof Date, set instanceof Set, bytes instanceof Uint8Array, String(large)],
      [true, true, true, '9007199254740993'],
    )
  },
  'an error is a RemoteError with its status': async api => {
    const error = await failure(api.fail())
    equal(
      [error instanceof RemoteError, (error as RemoteError).status, /no such thing/.test(error.message)],
      [true, 404, true],
    )
  },
  'a source that breaks fails its upload': async api => {
    async function* broken() {
      yield new Uint8Array(10)
      throw new Error('the disk is gone')
    }
    const error = await failure(api.measure(blob(broken())))
    equal(/the disk is gone/.test(error.message), true)
  },
  'a call that takes too long ends': async api => {
    const error = await failure(withOptions(api, { timeout: 200 } as never).slow())
    equal(error.name === 'NetworkError' || error.name === 'TimeoutError', true)
  },
}

/** Runs all tries at a server. */
export async function battery(first: string): Promise<Results> {
  const results: Results = {}
  const api: Api = await get(first)
  for (const [name, run] of Object.entries(tries)) {
    results[name] = await run(api, first).then(
      () => 'ok',
      error => String(error?.stack ?? error),
    )
  }
  return results
}

/** Of one context: tells the server of the page how it went, at its own server and at that of another origin. */
export async function report(context: string): Promise<void> {
  const { own, other } = await (await fetch('/where')).json()
  for (const [origin, first] of [
    ['own', own],
    ['other', other],
  ] as const) {
    const results = await battery(first).catch(error => ({ battery: String(error?.stack ?? error) }))
    await fetch('/results', {
      method: 'POST',
      body: JSON.stringify({ context: `${context}, ${origin} origin`, results }),
    })
  }
}

export const names = Object.keys(tries)
