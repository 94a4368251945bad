// Paths and the references between them (spec/protocol.md, "URLs"). All paths here are within the mount.

/** Where pipelines are posted to: a name that nothing can be registered under. */
export const pipelinePath = '/_pipeline'

/** What a segment can hold as it is (RFC 3986 3.3), and `encodeURIComponent` escapes; not `:`, which would end a scheme. */
const needless = /%(?:24|26|2B|2C|3B|3D|40)/g

/**
 * A path segment for a name: nothing is escaped that needn't be, so that who guards paths by their names meets them as
 * they are written. Throws URIError for a lone surrogate.
 */
export function segmentOf(name: string): string {
  const escaped = encodeURIComponent(name)
  return escaped.includes('%') ? escaped.replace(needless, decodeURIComponent) : escaped
}

/** Escapes of what needs none, and escapes in small letters. */
const misspelling =
  /%(?:2[1467-9A-E]|3[\dBD]|4[\dA-F]|5[\dAF]|6[1-9A-F]|7[\dAE])|%(?:[a-f][\da-fA-F]|[\dA-F][a-f])/g

/**
 * Is a path in another spelling than ours? What guards it in front of this server, by its escapes or without them, may
 * have taken it for another one. What is not escaped that should be is left: proxies that decode paths send it so.
 */
export const isMisspelt = (path: string): boolean => path.includes('%') && path.search(misspelling) >= 0

/** The reference to the right spelling of a URL's path, from there; undefined where it has that. */
export function respelling(url: string): string | undefined {
  if (!url.includes('%')) return undefined
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const [path = ''] = url.slice(start).split(/[?#]/, 1)
  if (!isMisspelt(path)) return undefined
  const right = path.replace(misspelling, escaped => {
    const upper = escaped.toUpperCase()
    return upper.search(misspelling) < 0 ? upper : decodeURIComponent(upper)
  })
  const reference = referenceTo(path, right)
  return reference + (url.slice(start + path.length).split('#', 1)[0] ?? '')
}

/**
 * The relative reference that leads from the path a reader is at to another: up to the root, then down.
 * It holds wherever the two are mounted, also behind a proxy that strips a prefix. Never empty.
 */
export function referenceTo(from: string, to: string): string {
  let count = -1
  for (let index = 0; index < from.length; index++) if (from.charCodeAt(index) === 47) count++
  return count <= 0 ? `./${to.slice(1)}` : '../'.repeat(count) + to.slice(1)
}

/** A reference downward whose segments are in the one spelling that a URL parser leaves as it is. */
const simple = /^\.\/(?:[\w-]+\/)*[\w-]*$/

/** Where a relative reference from a path leads. What climbs above the root ends up at the root. */
export function resolvePath(reference: string, from: string): string {
  // What our own clients send needs no parser.
  if (simple.test(reference)) return from.slice(0, from.lastIndexOf('/') + 1) + reference.slice(2)
  return new URL(reference, `http://mount${from}`).pathname
}

/** Does a relative reference climb above the root? One level further down it would come out elsewhere. */
export const climbsOut = (reference: string, from: string): boolean =>
  new URL(reference, `http://mount/-${from}`).pathname !== `/-${resolvePath(reference, from)}`

/** What a segment with a malformed escape is read as: no name, and no state. */
const unreadable = '.'

/** The decoded segments of a path without its first slash. */
export function segmentsOf(path: string): string[] {
  const segments = path.indexOf('/', 1) === -1 ? [path.slice(1)] : path.slice(1).split('/')
  return path.includes('%') ? segments.map(decoded) : segments
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return unreadable
  }
}

/** The start of a URL's path as it was sent, without a final slash: as many segments as a decoded path has. */
export function pathAsSent(url: string, decoded: string): string {
  const path = decoded.replace(/\/$/, '')
  if (!url.includes('%')) return path
  const start = url.indexOf('/', url.indexOf('://') + 3)
  return url.slice(start).split('/').slice(0, path.split('/').length).join('/')
}

/** A reference as a header can carry it: what isn't visible ASCII, line ends first of all, escaped. */
export const inHeader = (reference: string): string =>
  reference.replace(/[^!-~]+/g, part => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd')))
