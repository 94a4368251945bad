// The floor: `undici.request` and JSON by hand.

import { Client } from 'undici'
import type { Connect } from '../../peer.js'
import { connectWith } from './calls.js'

export const connect: Connect = url => connectWith(url)

export const connectAlone: Connect = url => connectWith(url, new Client(url, { keepAliveTimeout: 60_000 }))
