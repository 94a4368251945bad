// Requests to routers whose applications fail, and a watch for promises that reject while nobody listens.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect } from 'vitest'
import { json } from '../../lib/codecs.js'
import type { Log } from '../../server/core/context/log.js'
import type { Router } from '../../server/index.js'

export type AnyRouter = Pick<Router<object>, 'fetch'>

/** Each test of the file fails where a promise rejects that has no handler. */
export function watchRejections(): void {
  const strayed: unknown[] = []
  const stray = (error: unknown) => strayed.push(error)
  beforeEach(() => {
    strayed.length = 0
    process.on('unhandledRejection', stray)
  })
  afterEach(async () => {
    await sleep(30)
    process.off('unhandledRejection', stray)
    expect(strayed).toEqual([])
  })
}

export const later = async (milliseconds: number, message = 'late'): Promise<never> => {
  await sleep(milliseconds)
  throw new Error(message)
}

export const slowly = async <T>(value: T, milliseconds = 20): Promise<T> => {
  await sleep(milliseconds)
  return value
}

export const quiet: Log = { error: () => undefined, warn: () => undefined, info: () => undefined }

export async function posted(path: string, body: unknown, router: AnyRouter) {
  const headers = { 'content-type': 'application/json' }
  const request = new Request(`http://local/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const response = await router.fetch(request)
  const text = await response.text()
  return { status: response.status, text }
}

/** The statuses of steps by their number, and whether the answer was complete. */
export async function batched(steps: readonly unknown[], brief: readonly number[] = [], router: AnyRouter) {
  const { status, text } = await posted('_pipeline', { steps, brief }, router)
  expect(status).toBe(200)
  const stream = json.decode(Buffer.from(text)) as AsyncIterable<unknown>
  const statuses: number[] = []
  let count: unknown
  for await (const item of stream) {
    if (Array.isArray(item)) statuses[item[0] as number] = item[1] as number
    else count = item
  }
  expect(count).toBe(steps.length)
  return statuses
}
