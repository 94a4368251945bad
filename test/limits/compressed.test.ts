// Bodies that are compressed: a few bytes that stand for many would pass every other limit.

import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Router } from '../../index.js'
import { json } from '../../lib/codecs.js'
import { ask } from '../server/peer.js'

const router = new Router({ take: (value: unknown) => typeof value })

describe('a compressed body', () => {
  test.each(['gzip', 'br', 'deflate', 'gzip, gzip'])(
    'is refused, since it may be anything: %s',
    async encoding => {
      const body = gzipSync(json.encode({ value: 'x' }))
      const answer = await ask(router, '/take/', {
        body,
        type: json.type,
        headers: { 'content-encoding': encoding },
      })
      expect(answer.status).toBe(415)
      expect(answer.text).toContain('Content-Encoding')
    },
  )

  test('that is not one is taken', async () => {
    const body = json.encode({ value: 'x' })
    const headers = { 'content-encoding': 'identity' }
    expect((await ask(router, '/take/', { body, type: json.type, headers })).status).toBe(200)
  })
})
