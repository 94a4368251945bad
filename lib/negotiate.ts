// Which codec a peer reads: the Accept header, RFC 9110 12.5.1.

import type { Codec } from './message/codec.js'

interface Range {
  readonly type: string
  readonly quality: number
}

/** Ranges, and the parameters of one. A quoted string (RFC 9110 5.6.4) may hold what separates them elsewhere. */
const betweenCommas = /(?:[^,"]|"(?:\\.|[^"\\])*"?)+/g
const betweenSemicolons = /(?:[^;"]|"(?:\\.|[^"\\])*"?)+/g

const piecesOf = (text: string, between: RegExp): string[] =>
  (text.match(between) ?? []).map(piece => piece.trim().toLowerCase())

function rangesOf(accept: string): readonly Range[] {
  return piecesOf(accept, betweenCommas).map(part => {
    const [type = '', ...parameters] = piecesOf(part, betweenSemicolons)
    const quality = parameters.find(parameter => parameter.startsWith('q='))
    const value = quality === undefined ? 1 : Number(quality.slice(2))
    return { type, quality: value >= 0 && value <= 1 ? value : 0 }
  })
}

/** How much a type is wanted: the most specific range that covers it decides. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const [kind] = type.split('/')
  for (const pattern of [type, `${kind}/*`, '*/*']) {
    const range = ranges.find(candidate => candidate.type === pattern)
    if (range !== undefined) return range.quality
  }
  return 0
}

const known = new WeakMap<readonly Codec[], Map<string, Codec | undefined>>()
const kept = 200

/**
 * The codec that an Accept header wants most; among equals the first of `codecs`. Undefined where it wants
 * none of them. `codecs` is in the server's order of preference, and the same list each time.
 */
export function negotiate<C extends Codec>(accept: string | undefined, codecs: readonly C[]): C | undefined {
  if (accept === undefined || accept === '*/*') return codecs[0]
  let answers = known.get(codecs) as Map<string, C | undefined> | undefined
  if (answers === undefined) known.set(codecs, (answers = new Map()))
  const answer = answers.get(accept)
  if (answer !== undefined || answers.has(accept)) return answer
  const ranges = rangesOf(accept)
  let best: C | undefined
  let most = 0
  for (const codec of codecs) {
    const quality = qualityOf(codec.type, ranges)
    if (quality > most) {
      best = codec
      most = quality
    }
  }
  if (answers.size < kept) answers.set(accept, best)
  return best
}

/** The name of the text format before its version 1.0, which the Ruby peers of 2012 still use. */
const formerText = 'application/vnd.glyph'

/** The media type of a Content-Type header, without parameters, in small letters, under its present name. */
export function mediaTypeOf(header: string | null | undefined): string {
  if (header === null || header === undefined) return ''
  const end = header.indexOf(';')
  const type = (end === -1 ? header : header.slice(0, end)).trim().toLowerCase()
  return type === formerText ? 'application/vnd.hyperglyph' : type
}
