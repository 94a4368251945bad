// Headers of proxies about a request that they pass on: `X-Forwarded-For` and `X-Forwarded-Proto`, or `Forwarded`
// (RFC 7239). Whether they may be believed is decided elsewhere.

/** The header that the proxies write. */
export const proxyHeaders = ['x-forwarded-for', 'forwarded'] as const
export type ProxyHeader = (typeof proxyHeaders)[number]

/** One hop: who sent the request to a proxy. */
export interface Hop {
  /** Without brackets and port; may be no address: `unknown`, `_hidden`. */
  readonly address: string
  /** `https`, `http`; undefined where it isn't said. */
  readonly protocol: string | undefined
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** The hops, the latest first. */
export function hopsOf(headers: Headers, header: ProxyHeader): Hop[] {
  if (header === 'forwarded') return elementsOf(textOf(headers.forwarded)).map(hopOf).reverse()
  const protocols = listOf(textOf(headers['x-forwarded-proto'])).reverse()
  return listOf(textOf(headers['x-forwarded-for']))
    .reverse()
    .map((node, at) => ({
      address: addressOf(node),
      protocol: (protocols[at] ?? protocols.at(-1))?.toLowerCase(),
    }))
}

const textOf = (value: string | readonly string[] | undefined): string =>
  typeof value === 'string' ? value : (value ?? []).join(',')

const listOf = (text: string): string[] =>
  text.trim() === '' ? [] : text.split(',').map(item => item.trim())

/** Some proxies add the port, and then brackets to IPv6: `10.0.0.1:4711`, `[2001:db8::1]:4711`. */
const addressOf = (node: string): string =>
  /^\[([^\]]*)\](?::\w+)?$/.exec(node)?.[1] ?? /^(\d+(?:\.\d+){3}):\w+$/.exec(node)?.[1] ?? node

/**
 * The elements of `for=192.0.2.60;proto=http, for="[2001:db8::1]"`; commas in quotes are no ends. A quote that nothing
 * closes is one: who sends it must not take in what a proxy adds.
 */
function elementsOf(text: string): string[] {
  const elements: string[] = []
  let start = 0
  const end = (at: number) => {
    if (at > start) elements.push(text.slice(start, at))
    start = at + 1
  }
  // Where nothing closes one quote, nothing closes a later one: to look each time would take the square of their number.
  let closes = true
  for (let at = 0; at < text.length; at++) {
    if (text[at] === ',') end(at)
    if (text[at] !== '"') continue
    const closing: number = closes ? closingQuote(text, at) : -1
    closes = closing >= 0
    if (closes) at = closing
    else end(at)
  }
  end(text.length)
  return elements
}

function closingQuote(text: string, opening: number): number {
  for (let at = opening + 1; at < text.length; at++) {
    if (text[at] === '"') return at
    if (text[at] === '\\') at++
  }
  return -1
}

function hopOf(element: string): Hop {
  const pairs = new Map<string, string>()
  for (const [, name = '', quoted, token] of element.matchAll(
    /(?:^|;)\s*([\w-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s;"]*))\s*(?=;|$)/g,
  )) {
    pairs.set(name.toLowerCase(), quoted === undefined ? (token ?? '') : quoted.replace(/\\(.)/g, '$1'))
  }
  return { address: addressOf(pairs.get('for') ?? 'unknown'), protocol: pairs.get('proto')?.toLowerCase() }
}
