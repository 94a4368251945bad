// Requests that Node could not read: the Fault that tells their sender, and the type that it would be told in.

import type { ServeLimits } from '../../../lib/limits.js'
import { Fault } from '../../../lib/values/fault.js'
import { overLimit } from '../../core/faults/faults.js'

/** Node's error for a request that it could not read, with the bytes that it was reading. */
export type BrokenHead = NodeJS.ErrnoException & { readonly rawPacket?: Buffer }

/** The types that a request accepts which could not be read, as far as the piece of it that came last says so. */
export const acceptIn = (piece: Buffer | undefined): string | undefined =>
  /\r\naccept:[ \t]*([^\r\n]*)\r\n/i.exec(piece?.toString('latin1') ?? '')?.[1]

/** By the code of Node's error. */
export function brokenFault(
  { code, rawPacket }: BrokenHead,
  { headerBytes, headerTime }: ServeLimits,
): Fault {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW': {
      const [start, url = ''] = /^[A-Z]+ (\S*)/.exec(rawPacket?.toString('latin1') ?? '') ?? []
      const inUrl = start !== undefined && (url.length > headerBytes || !rawPacket?.includes('\n'))
      return inUrl
        ? overLimit(`a URL of more than ${headerBytes} bytes`, 'headerBytes', headerBytes, { status: 414 })
        : overLimit(`a head of more than ${headerBytes} bytes`, 'headerBytes', headerBytes, { status: 431 })
    }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return overLimit('chunk extensions of more than 16384 bytes', 'chunkExtensions', 16_384)
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return overLimit(`no head within ${headerTime} ms`, 'headerTime', headerTime, { status: 408 })
    default:
      return new Fault('not an HTTP request', { code: 'malformed' })
  }
}
