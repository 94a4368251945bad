// CBOR as people read it: the bytes of each item in hexadecimal, with what they say beside them. Written for
// spec/protocol.md, from RFC 8949 alone: it shares nothing with the codec.

interface Line {
  readonly depth: number
  readonly hex: string
  readonly note: string
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Byte strings that hold encoded items: after tag 24, and the templates after tag 45324. */
const template = 45_324

/** The items in `bytes`, one line each, those inside another indented below it. */
export function annotated(bytes: Uint8Array): string {
  const lines: Line[] = []
  let position = 0
  while (position < bytes.length) position = item(bytes, position, 0, lines, undefined)
  const width = Math.max(...lines.map(line => Math.min(line.depth * 2 + line.hex.length, 44)))
  return lines
    .map(({ depth, hex, note }) => `${`${'  '.repeat(depth)}${hex}`.padEnd(width)}  # ${note}`)
    .join('\n')
}

/** The bytes again. */
export const bytesOf = (text: string): Uint8Array =>
  Buffer.from(text.replace(/#.*$/gm, '').replace(/\s/g, ''), 'hex')

/** Adds an item's lines; returns where it ends. `tag`: the one that it stands in. */
function item(
  bytes: Uint8Array,
  start: number,
  depth: number,
  lines: Line[],
  tag: number | undefined,
): number {
  const initial = bytes[start] as number
  const low = initial & 0x1f
  const extra = low < 24 ? 0 : 1 << (low - 24)
  const head = bytes.subarray(start, start + 1 + extra)
  const count = extra === 0 ? low : Number(`0x${hex(head.subarray(1))}`)
  const after = start + head.length
  const add = (note: string, more: Uint8Array = new Uint8Array(0)) => {
    lines.push({ depth, hex: more.length === 0 ? hex(head) : `${hex(head)} ${hex(more)}`, note })
  }
  const inside = (items: number, tag?: number) => {
    let position = after
    for (let index = 0; index < items; index++) {
      position = item(bytes, position, depth + 1, lines, index === 0 ? tag : undefined)
    }
    return position
  }
  switch (initial >> 5) {
    case 0:
      add(String(count))
      return after
    case 1:
      add(String(-1 - count))
      return after
    case 2: {
      const content = bytes.subarray(after, after + count)
      if (tag === undefined) add(`bytes(${count})`, content)
      else {
        add(`bytes(${count}), in which`)
        for (let position = 0; position < count; )
          position = item(content, position, depth + 1, lines, undefined)
      }
      return after + count
    }
    case 3: {
      const content = bytes.subarray(after, after + count)
      add(JSON.stringify(Buffer.from(content).toString()), content)
      return after + count
    }
    case 4:
      add(`array(${count})`)
      return inside(count, tag === template ? template : undefined)
    case 5:
      add(`map(${count})`)
      return inside(count * 2)
    case 6:
      add(`tag(${count})`)
      return inside(1, count === 24 || count === template ? count : undefined)
    default: {
      const floats = new Map([
        [0xf9, 'float16'],
        [0xfa, 'float32'],
      ])
      const names = new Map([
        [0xe0, 'hole'],
        [0xf4, 'false'],
        [0xf5, 'true'],
        [0xf6, 'null'],
      ])
      const float = initial === 0xfb ? String(Buffer.from(head).readDoubleBE(1)) : floats.get(initial)
      add(names.get(initial) ?? float ?? `simple(${count})`)
      return after
    }
  }
}
