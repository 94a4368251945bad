// A router with a login, and a browser that keeps its cookies.

import { allow, type Context, Router, type RouterOptions, safe, session } from '../../../../server/index.js'
import { type Answer, ask, type Fetching, logbook, type Question } from '../../peer.js'

export const secret = 'a secret of at least thirty-two bytes'
export const { log, lines } = logbook()

export const members = {
  login(this: Context, name: string) {
    this.session.set('user', { name, rights: [name] })
  },
  logout(this: Context) {
    this.session.destroy()
  },
  who: safe(function (this: Context) {
    return this.user ?? null
  }),
  put(this: Context, key: string, value: unknown) {
    this.session.set(key, value)
  },
  take: safe(function (this: Context, key: string) {
    return this.session.get(key) ?? null
  }),
  id: safe(function (this: Context) {
    return this.session.id
  }),
  reset: allow('admin')(() => 'done'),
  remember(this: Context, name: string, value: string, encrypt = false) {
    this.cookies.set(name, value, { encrypt })
  },
  recall: safe(function (this: Context, name: string) {
    return this.cookies.get(name) ?? null
  }),
  forget(this: Context, name: string) {
    this.cookies.delete(name)
  },
}

export const make = (options: RouterOptions = {}) =>
  new Router(members, { secret, identify: session(), log, pipeline: true, ...options })

/** A browser, as far as cookies are concerned. */
export class Browser {
  readonly jar = new Map<string, string>()
  readonly #server: Fetching
  constructor(server: Fetching) {
    this.#server = server
  }
  get header(): string {
    return [...this.jar].map(pair => pair.join('=')).join('; ')
  }
  async ask(path: string, question: Question = {}): Promise<Answer> {
    const headers = { ...question.headers, ...(this.jar.size > 0 ? { cookie: this.header } : {}) }
    const answer = await ask(this.#server, path, { ...question, headers })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
      if (/; Max-Age=0/.test(line)) this.jar.delete(name)
      else this.jar.set(name, value)
    }
    return answer
  }
  async call(name: string, args: object = {}): Promise<unknown> {
    const { status, value } = await this.ask(`/${name}/`, { args })
    return status < 300 ? (value ?? null) : status
  }
}
