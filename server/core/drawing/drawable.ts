// The seam of drawing: objects that say themselves what stands for them on the wire.

/** Where something is drawn. */
export interface DrawnAt {
  /** The path within the mount that references on the page are relative to. */
  readonly from: string
  /** The path of a function that is registered with the router; undefined for others. */
  readonly pathOf: (fn: object) => string | undefined
}

/** The method that draws an object. */
export const draw: unique symbol = Symbol.for('hyperglyph.draw')

/**
 * An object that draws itself: what it gives is sent in its place, a node (`Page`, `Link`, `Form`) or any value.
 *
 * Implemented by objects that an application or a plugin returns, such as listings of directories; called by `Pages`
 * wherever such an object stands in a result, before anything else is tried. It may be called more than once for an
 * answer, and is not waited for. Its objects need no registered class, and have no URL but those that they draw. Costs a
 * look for the method at each object that has no form of its own.
 */
export interface Drawable {
  [draw](at: DrawnAt): unknown
}

export const isDrawable = (value: object): value is Drawable =>
  typeof (value as Partial<Drawable>)[draw] === 'function'
