// Where a value stands in a document, and how deep.

/** Where a value stands. */
export interface Place {
  /** What references in it are relative to, within the mount. */
  readonly path: string
  /** The URL that they are relative to where the page that it stands on is another server's. */
  readonly base?: string | undefined
  readonly depth: number
  /** Of the next heading, 1 to 6. */
  readonly level: number
}

export const inside = (place: Place): Place => ({ ...place, depth: place.depth + 1 })

export const baseOf = ({ base, path }: Place): string => base ?? path
