// Objects, and which of them are plain, of this realm or another.

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

export const isDict = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && isPlain(Object.getPrototypeOf(value))

/** Is it the prototype of plain objects, here or in another realm (`node:vm`, Jest, a frame), or none? */
export const isPlain = (prototype: object | null): boolean =>
  prototype === Object.prototype ||
  prototype === null ||
  (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
