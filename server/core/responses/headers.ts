// The headers that every answer has.

export type Headers = Record<string, string>

/**
 * On every answer: what it depends on, that URLs, which may be capabilities, aren't told to others, and that
 * no browser takes it for another type than it says.
 */
export const always = {
  vary: 'Accept, Accept-Encoding',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** The headers of an answer. A literal: what is put together by spreading costs as much as encoding a small result. */
export function headersOf(cacheControl: string | undefined): Headers {
  const headers: Headers = {
    vary: always.vary,
    'referrer-policy': always['referrer-policy'],
    'x-content-type-options': always['x-content-type-options'],
  }
  if (cacheControl !== undefined) headers['cache-control'] = cacheControl
  return headers
}

/**
 * On an answer whose end is not known when it begins: nginx, and what does as it does, passes it on as it comes,
 * where it would wait for some KB, the head too. Not on others: what may be gathered frees the server sooner.
 */
export function asItComes(headers: Headers): void {
  headers['x-accel-buffering'] = 'no'
}
