import { cbor } from '../../../../lib/codecs.js'
import { Fault } from '../../../../lib/values/fault.js'
import { Extension } from '../../../../lib/values/nodes.js'
import { hidden, Router, type RouterOptions, redirect, safe } from '../../../../server/index.js'

export class Profile {
  constructor(readonly id: string) {}
  name() {
    return `Name of ${this.id}`
  }
}

export class User {
  constructor(readonly id: string) {}
  get shout() {
    return this.id.toUpperCase()
  }
  profile() {
    return new Profile(this.id)
  }
  friends() {
    return [new User(`${this.id}1`), new User(`${this.id}2`)]
  }
  @safe bio() {
    return { lines: [`life of ${this.id}`] }
  }
  @hidden secret() {
    return 'secret'
  }
  greet(other: User, word = 'hello') {
    return `${this.id}: ${word} ${other.id}`
  }
}

export const makeRouter = (options: RouterOptions = {}) =>
  new Router(
    {
      User,
      Profile,
      find_user: redirect((wanted: string) => new User(wanted)),
      add: (a: number, b = 1) => a + b,
      fail: (): string => {
        throw new Fault('no luck', { status: 409, code: 'luck' })
      },
      crash: () => {
        throw new Error('secret detail')
      },
      later: async (ms: number) => {
        await new Promise(resolve => setTimeout(resolve, ms))
        return ms
      },
      nothing: () => undefined,
      closure: () => () => 1,
    },
    {
      pipeline: true,
      log: { error: () => undefined, warn: () => undefined, info: () => undefined },
      ...options,
    },
  )

export const result = (step: number, up?: number) =>
  new Extension('result', up === undefined ? { step } : { step, up })

export async function post(steps: unknown, brief: number[] = [], router = makeRouter()) {
  const response = await router.fetch(
    new Request('http://test/_pipeline', {
      method: 'POST',
      headers: { 'content-type': cbor.type, accept: cbor.type },
      body: cbor.encode({ steps, brief }) as Uint8Array<ArrayBuffer>,
    }),
  )
  const bytes = new Uint8Array(await response.arrayBuffer())
  const items: unknown[] = []
  const value = cbor.decode(bytes, { baseUrl: 'http://test/_pipeline' })
  if (response.status === 200) for await (const item of value as AsyncIterable<unknown>) items.push(item)
  return { status: response.status, value, items, response }
}
