// Where a node leads. What a server says of it may be no URL, which is an error for who wants to go there, and
// for nobody else.

interface Addressed {
  readonly url: string | undefined
}

/** The URL of a node; undefined where it has none, or says what is none. */
export function addressOf(node: Addressed): string | undefined {
  try {
    return node.url
  } catch {
    return undefined
  }
}

/** The URL of a node to go to. Throws TypeError where it has none; `label` is how it is called. */
export function requireAddress(node: Addressed, label: string): string {
  const url = addressOf(node)
  if (url === undefined) throw new TypeError(`${label} has no URL, or one that is none`)
  return url
}
