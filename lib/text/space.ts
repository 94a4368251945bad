// White space of the text format: what may stand between tokens, and nowhere else.

/** Space, tab, LF, vertical tab, CR. Not form feed: the 2012 text leaves it out. */
export const isSpace = (byte: number): boolean =>
  byte <= 0x20 && (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d && byte !== 0x0c))
