// The names of all targets, for who starts them without loading them.

export const targetNames = [
  'text',
  'cbor',
  'json',
  'handler',
  'client',
  'sockets',
  'growth',
  'failing',
] as const
