// The URL of a node. A server may have given a text that is none: an error for a call that goes there, and for no other.

interface Addressed {
  readonly url: string | undefined
}

/** Undefined where a node has no URL, or a text that is none. */
export function addressOf(node: Addressed): string | undefined {
  try {
    return node.url
  } catch {
    return undefined
  }
}

/** The URL of a node to go to. Throws TypeError where it has none; `label` names the call. */
export function requireAddress(node: Addressed, label: string): string {
  const url = addressOf(node)
  if (url === undefined) throw new TypeError(`${label} has no URL, or one that is none`)
  return url
}
