// The blobs of a pipeline that nobody is to have: those of calls that are refused are passed over as they come, and
// stored nowhere. What is called on a result is known only once that is there, and is asked about then.

import type { Blob } from '../../../lib/values/blob.js'
import type { CallStep, Step } from './steps.js'

/**
 * `enter` asks about what the URL of a call leads to. Throws what it throws where that holds for all steps: then nothing
 * of the body has to be read, no step is begun, and `refused` is called before.
 */
export async function unwantedBlobs(
  steps: readonly Step[],
  enter: (url: string) => Promise<unknown>,
  refused: () => void,
): Promise<ReadonlySet<Blob>> {
  const unwanted = new Set<Blob>()
  const refusals: unknown[] = []
  const calls = steps.filter((step): step is CallStep => step.kind === 'call' && step.held.blobs.length > 0)
  for (const { url, held } of calls) {
    try {
      await enter(url)
    } catch (error) {
      // It is told again as the answer of the step.
      refusals.push(error)
      for (const blob of held.blobs) unwanted.add(blob)
    }
  }
  if (refusals.length > 0 && refusals.length === steps.length) {
    refused()
    throw refusals[0]
  }
  return unwanted
}
