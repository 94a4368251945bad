// Ours, with a request for every call.

import type { Connect } from '../../peer.js'
import { connectWith } from '../hyperglyph/calls.js'

export const connect: Connect = url => connectWith(url, { coalesce: false })
