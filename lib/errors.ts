// The errors of the floor: bytes that cannot be read, values that cannot be written.
// The error that travels between peers is the Fault (fault.ts); those that a client throws are in client/errors.ts.

/** Bytes that are not a message of the format. `offset` counts bytes from the start of the message. */
export class DecodeError extends Error {
  readonly offset: number
  /** The problem without the offset. */
  readonly problem: string

  constructor(problem: string, offset: number, options?: ErrorOptions) {
    super(`${problem} at byte ${offset}`, options)
    this.name = 'DecodeError'
    this.problem = problem
    this.offset = offset
  }
}

/** A limit of the receiver was passed (limits.ts). A DecodeError of its own, since a server answers 413, not 400. */
export class LimitError extends DecodeError {
  /** The name of the limit, a key of `Limits`. */
  readonly limit: string

  constructor(problem: string, offset: number, options: ErrorOptions & { readonly limit: string }) {
    super(problem, offset, options)
    this.name = 'LimitError'
    this.limit = options.limit
  }
}

export const tooLong = (limit: number, offset: number): LimitError =>
  new LimitError(`string of more than ${limit} bytes`, offset, { limit: 'stringBytes' })

export const keyTooLong = (limit: number, offset: number): LimitError =>
  new LimitError(`key of more than ${limit} bytes`, offset, { limit: 'keyBytes' })

/** The error for bytes that are a part of a message, as that of the message, where they stand `by` bytes further. */
export function moved(error: unknown, by: number): unknown {
  if (!(error instanceof DecodeError)) return error
  const { problem, offset } = error
  return error instanceof LimitError
    ? new LimitError(problem, offset + by, { limit: error.limit, cause: error })
    : new DecodeError(problem, offset + by, { cause: error })
}

/** A value that has no form on the wire. `path` leads to it from the encoded root, such as `$.owner.db`. */
export class EncodeError extends TypeError {
  readonly path: string
  /** The problem without the path. */
  readonly problem: string

  constructor(problem: string, path: string, options?: ErrorOptions) {
    super(`cannot encode ${path}: ${problem}`, options)
    this.name = 'EncodeError'
    this.problem = problem
    this.path = path
  }
}

/** A value of more bytes than `EncodeOptions.mostBytes`: found as it is written, not afterwards. */
export class EncodeLimitError extends EncodeError {
  readonly bytes: number

  /** `path`: what was encoded. */
  constructor(bytes: number, path = '$', options?: ErrorOptions) {
    super(`more than ${bytes} bytes`, path, options)
    this.name = 'EncodeLimitError'
    this.bytes = bytes
  }
}
