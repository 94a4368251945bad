// Ours: the same server.

export { serve } from '../hyperglyph/server.js'
