// Uploads that go on arriving when their request is over.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { heldByUploads, Spool } from '../../../../server/core/requests/spool.js'

const directory = mkdtempSync(join(tmpdir(), 'late-'))
afterAll(() => rmSync(directory, { recursive: true }))

test('a blob whose end comes after that of its request makes no file', async () => {
  const limits = { blobMemoryBytes: 100_000, allBlobMemoryBytes: 50_000 }
  const [over, other] = [new Spool(limits, directory), new Spool(limits, directory)]
  const late = over.sink()
  await late.write(new Uint8Array(1000))
  await over.close()
  // So much that whatever ends now waits in a file.
  await other.sink().write(new Uint8Array(60_000))
  const before = heldByUploads()
  await expect((async () => late.end())()).rejects.toThrow('the request is over')
  expect([readdirSync(directory), heldByUploads()]).toEqual([[], before])
  await other.close()
})
