// The order of keys in the one spelling of a dict: that of their encoded bytes (RFC 8949 4.2.1). For state in URLs.

const encoder = /* @__PURE__ */ new TextEncoder()

export function sorted<T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  const keyed = entries.map(entry => ({ entry, bytes: encoder.encode(entry[0]) }))
  keyed.sort((a, b) => a.bytes.length - b.bytes.length || compare(a.bytes, b.bytes))
  return keyed.map(({ entry }) => entry)
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] as number) - (b[index] as number)
    if (difference !== 0) return difference
  }
  return 0
}
