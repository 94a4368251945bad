// Values as plain JSON has them, for documents: what it cannot say is not said.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** The same value as JSON; undefined where that has none. */
export function jsonOf(value: unknown): Json | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : undefined
    case 'object': {
      if (value === null) return null
      if (Array.isArray(value)) {
        const items = value.map(jsonOf)
        return items.includes(undefined) ? undefined : (items as Json[])
      }
      const pairs = Object.entries(value).map(([name, item]) => [name, jsonOf(item)] as const)
      return pairs.some(([, item]) => item === undefined) ? undefined : (Object.fromEntries(pairs) as Json)
    }
    default:
      return undefined
  }
}
