// Dicts as plain objects: looking into them, and setting a key that may have any name.

/** The value of a property; undefined where its getter throws, which it does again when the dict is encoded. */
export function readable(dict: object, key: string): unknown {
  try {
    return (dict as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}

/** The values of all properties, as `readable` has them. */
export function readableValues(dict: object): readonly unknown[] {
  const values: unknown[] = Object.keys(dict)
  for (let index = 0; index < values.length; index++) values[index] = readable(dict, values[index] as string)
  return values
}

/** Sets a property that may have any name: `__proto__` is data like any other. */
export function setOwn(target: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    ;(target as Record<string, unknown>)[key] = value
  }
}
