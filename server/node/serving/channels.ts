// Channels for other parts of the process, which need not be given the server: Node's diagnostics channels
// `hyperglyph:request`, `hyperglyph:step` and `hyperglyph:error`. Nothing is made for a channel that nobody reads.

import { channel } from 'node:diagnostics_channel'

export const channels = {
  request: channel('hyperglyph:request'),
  step: channel('hyperglyph:step'),
  error: channel('hyperglyph:error'),
} as const
