// Addresses of this machine alone.

/** Is it this machine alone that reaches an address, or a name of one? */
export const isLoopback = (host: string): boolean =>
  /^(?:127(?:\.\d+){3}|(?:.+\.)?localhost|\[?(?:::1|::ffff:127(?:\.\d+){3})\]?)$/i.test(host)
