// HTML as text: `html` escapes whatever stands in it that is not HTML made by itself. The one place that knows
// which library does that.

import { html as escaping, raw } from 'hono/html'

/** HTML, made by `html` alone. To `html` of the application (`hono/html`) it is HTML too. */
export type Markup = ReturnType<typeof raw>

/** What can stand in HTML. `undefined` is nothing. */
export type Piece = string | number | Markup | undefined | readonly Piece[]

/** Never given a promise, so it gives none. */
export const html = (strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup =>
  escaping(strings, ...pieces) as Markup

/** The program's own text, as it is: a stylesheet, which knows no escapes. */
export const verbatim = (text: string): Markup => raw(text)

/** Attributes by name: true has no value; false and undefined are left out. Names are the program's own. */
export function attributes(given: Readonly<Record<string, string | number | boolean | undefined>>): Markup {
  const present = Object.entries(given).filter(([, value]) => value !== undefined && value !== false)
  return html`${present.map(([name, value]) =>
    value === true ? html` ${raw(name)}` : html` ${raw(name)}="${String(value)}"`,
  )}`
}

/** Was it made by `html`, here or by the application? */
export const isMarkup = (value: unknown): value is Markup =>
  value instanceof String && (value as { isEscaped?: unknown }).isEscaped === true
