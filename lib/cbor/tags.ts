// The CBOR tags of the format (spec/protocol.md, "CBOR"). Any other tag is an error.

export const tag = {
  /** RFC 8949 3.4.1: RFC 3339 text; written for times below the millisecond or far from now. */
  dateText: 0,
  /** RFC 8949 3.4.2: seconds since the epoch, an integer or a float64. */
  epoch: 1,
  /** RFC 8949 3.4.3: bignums. */
  positive: 2,
  negative: 3,
  /** RFC 8949 3.4.5.1: an encoded item as a byte string; frames a message that has blobs. */
  encoded: 24,
  /** `[name, attributes, content]`, after the registered "serialised object". */
  extension: 27,
  set: 258,
  /** A map whose order counts, and whose keys need not be text. */
  map: 259,
  /** RFC 9581: a duration. */
  duration: 1002,
  /** Ours, unassigned at IANA: `[id, attributes]`. */
  blob: 45_323,
  /** Ours, unassigned at IANA: `[template, value…]`. */
  template: 45_324,
  /** Ours, unassigned at IANA: after the root of a stream `[item]`; at its end the count, or `[count, fault]`. */
  item: 45_325,
} as const

/** RFC 9581 keys of a duration: whole seconds, and nanoseconds below them. Months have no key there. */
export const durationKey = { seconds: 1, nanoseconds: -9, months: 'months' } as const

/** Where a template has a hole: the unassigned simple value 0. */
export const holeByte = 0xe0
