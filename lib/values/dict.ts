// Dicts as plain objects: looking into them, and setting a key that may have any name.

/** What a property holds; undefined where its getter throws, which it does again when the dict is encoded. */
export function readable(dict: object, key: string): unknown {
  try {
    return (dict as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}

/** Sets a property that may have any name: `__proto__` is data like any other. */
export function setOwn(target: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    ;(target as Record<string, unknown>)[key] = value
  }
}
