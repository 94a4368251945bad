// What a receiver is willing to hold. Every limit is on by default and can be set.
// Checked before memory is given out or a function calls itself; spec/protocol.md lists them.

export interface Limits {
  /** Bytes of one message without its blobs, decompressed. Default 32 MiB. */
  readonly messageBytes: number
  /** Bytes of one blob. Default 16 GiB: blobs are streamed, so this guards disks, not memory. */
  readonly blobBytes: number
  /** Blobs in one message. Default 1,024. */
  readonly blobs: number
  /** Bytes of blobs held in memory because another blob of the message is being read first. Default 32 MiB. */
  readonly blobBufferBytes: number
  /** How deep lists, dicts and extensions may nest. Default 128. */
  readonly depth: number
  /** Items of one list, set or dict. Default 1,000,000. */
  readonly collection: number
  /** Decimal digits of an integer: reading them costs time that grows with their square. Default 16,384. */
  readonly integerDigits: number
  /** Steps that a pipeline may hold, those of its maps included. Default 64. */
  readonly steps: number
  /** Steps of one pipeline that run at the same time. Default 16. */
  readonly concurrentSteps: number
  /** Steps that one pipeline may run, each item of a map counted. Default 1,024. */
  readonly executedSteps: number
}

export const defaultLimits: Limits = {
  messageBytes: 32 * 2 ** 20,
  blobBytes: 16 * 2 ** 30,
  blobs: 1024,
  blobBufferBytes: 32 * 2 ** 20,
  depth: 128,
  collection: 1_000_000,
  integerDigits: 16_384,
  steps: 64,
  concurrentSteps: 16,
  executedSteps: 1024,
}

/** The most bytes that an integer of so many decimal digits takes. */
export const bytesOfDigits = (digits: number): number => Math.ceil((digits * Math.log2(10)) / 8)
