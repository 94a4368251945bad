// Names that a server on this machine's own addresses answers to. A site whose name its owner points at 127.0.0.1
// (DNS rebinding) is of the same origin as this server to a browser; only the Host header tells them apart.

import type { Kind } from '../../../lib/options.js'
import { Fault } from '../../../lib/values/fault.js'
import { isLoopback } from '../domain/loopback.js'

/** As a name stands in `Host`, before its port: what isn't ASCII is in Punycode there. */
export const hostName: Kind = {
  is: value => typeof value === 'string' && /^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(value),
  expected: 'a name of a host, without a port',
}

/** `localhost`, names below it, and addresses: nobody can point these elsewhere. */
const fixed = /^(?:(?:[\w-]+\.)*localhost|\d+\.\d+\.\d+\.\d+|\[[\da-f:.]+\])$/i

export class Hosts {
  readonly #names: ReadonlySet<string>
  readonly #checked: boolean
  /** The name that was found to be good last: most requests are to the same name. */
  #last: string | undefined

  /**
   * `address`: where the server listens. On one that other machines reach, names are checked only where some are
   * `given`; these are without a port, and answered besides the fixed ones and those of `own`, its base URLs.
   */
  constructor(address: string, given: readonly string[] | 'any' | undefined, own: readonly string[]) {
    this.#checked = given === undefined ? isLoopback(address) : given !== 'any'
    const owned = own.filter(url => URL.canParse(url)).map(url => new URL(url).hostname)
    const names = given === undefined || given === 'any' ? owned : [...given, ...owned]
    this.#names = new Set(names.map(name => name.toLowerCase()))
  }

  /** A Fault (421) for a request to a name that isn't this server's; undefined where it is, or none is named. */
  refusal(host: string | undefined): Fault | undefined {
    if (!this.#checked || host === undefined || host === this.#last) return undefined
    const name = host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase()
    if (fixed.test(name) || this.#names.has(name)) {
      this.#last = host
      return undefined
    }
    return new Fault(`this server does not answer to the name ${JSON.stringify(name)} (serve: hosts)`, {
      status: 421,
      code: 'misdirected',
    })
  }
}
