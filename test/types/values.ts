// A class that travels by value joins by declaration merging, where `extend` registers it at run time.

import type { Remote } from '../../client/remote.js'
import { assert, type Equal } from './equal.js'
import { get } from './hyperglyph.js'

class Money {
  readonly #cents: number
  constructor(cents: number) {
    this.#cents = cents
  }
  add(other: Money) {
    return new Money(this.#cents + other.#cents)
  }
}

declare module '../../client/remote.js' {
  interface Values {
    money: Money
  }
}

const api = await get<{ price: (limit: Money) => Money[] }>('http://localhost:8000/')
const [price] = await api.price(new Money(1))
assert<Equal<typeof price, Money | undefined>>()
assert<Equal<Remote<{ total: Money }>['total'], Money>>()
// @ts-expect-error the value itself, not its like
await api.price({ cents: 1 })
