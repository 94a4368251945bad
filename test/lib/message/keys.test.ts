// Keys come back as they were, whichever were kept before.

import { describe, expect, it } from 'vitest'
import { DecodeError } from '../../../lib/errors.js'
import { decodeKey } from '../../../lib/message/keys.js'

const read = (key: string) => {
  const bytes = Buffer.from(`<${key}>`)
  return decodeKey(bytes, 1, bytes.length - 1)
}

describe('a key', () => {
  it('is its own text, though thousands share the slots', () => {
    const keys = Array.from({ length: 5000 }, (_, index) => `key${index % 2500}${'é'.repeat(index % 7)}`)
    expect(keys.map(read)).toEqual(keys)
  })

  it.each(['', '__proto__', 'a'.repeat(32), 'a'.repeat(33), '\0', '€'])('may be %j', key => {
    expect([read(key), read(key)]).toEqual([key, key])
  })

  it('is not kept where it is ill-formed', () => {
    const bytes = Uint8Array.of(0x61, 0xff)
    for (let time = 0; time < 2; time++) {
      expect(() => decodeKey(bytes, 0, 2)).toThrow(DecodeError)
    }
  })

  it('does not follow the message that it came in', () => {
    const bytes = Buffer.from('name')
    expect(decodeKey(bytes, 0, 4)).toBe('name')
    bytes.write('size')
    expect(decodeKey(bytes, 0, 4)).toBe('size')
    expect(decodeKey(Buffer.from('name'), 0, 4)).toBe('name')
  })
})
