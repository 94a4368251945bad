// Text from elsewhere, for a terminal or a log: what a terminal would obey is shown instead.

/**
 * C0 and C1 controls but for line ends and tabs, and the characters that override or isolate the direction of text, which
 * make a line look like another (Unicode UAX #9, 2).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about.
const obeyed = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g

/** Control characters as escapes, but for line ends and tabs: `\x1b`, `\u202e`. */
export const visible = (text: string): string => text.replace(obeyed, escaped)

/** The same on one line. */
export const visibleLine = (text: string): string => visible(text).replaceAll('\n', '\\n')

/** The same within JSON, which says the same afterwards. */
export const visibleJson = (text: string): string =>
  text.replace(obeyed, character => `\\u${hex(character, 4)}`)

const escaped = (character: string): string =>
  character < '\u0100' ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`

const hex = (character: string, digits: number): string =>
  character.charCodeAt(0).toString(16).padStart(digits, '0')
