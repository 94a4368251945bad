// capnweb: the objects, which both of its transports serve.

import { RpcTarget } from 'capnweb'
import {
  type Account,
  accountOf,
  friends,
  greeting,
  type Item,
  items,
  pieces,
  type Row,
  rows,
  sizeOf,
  streamOf,
} from '../../data.js'

export class Person extends RpcTarget {
  readonly #id: string
  constructor(id: string) {
    super()
    this.#id = id
  }
  name(): string {
    return this.#id
  }
}

export class User extends RpcTarget {
  readonly #id: string
  constructor(id: string) {
    super()
    this.#id = id
  }
  profile(): Person {
    return new Person(this.#id)
  }
}

export class Api extends RpcTarget {
  hello(name: string): string {
    return greeting(name)
  }
  member(id: string): Account {
    return accountOf(id)
  }
  findUser(name: string): User {
    return new User(name)
  }
  friends(): Person[] {
    return friends.map(name => new Person(name))
  }
  rows(): Row[] {
    return rows as Row[]
  }
  download(): ReadableStream<Uint8Array> {
    return streamOf(pieces())
  }
  upload(data: ReadableStream<Uint8Array>): Promise<number> {
    return sizeOf(data as unknown as AsyncIterable<Uint8Array>)
  }
  items(count: number): ReadableStream<Item> {
    return streamOf(items(count))
  }
}
