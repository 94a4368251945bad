// Dicts as plain objects: which objects are one, looking into them, and setting a key that may have any name.

export const isDict = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && isPlain(Object.getPrototypeOf(value))

/** Is it the prototype of plain objects, here or in another realm (`node:vm`, Jest, a frame), or none? */
export const isPlain = (prototype: object | null): boolean =>
  prototype === Object.prototype ||
  prototype === null ||
  (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))

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
