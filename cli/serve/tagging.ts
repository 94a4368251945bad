// A hook of Node's loader: the imports of a module by path are loaded under its own tag, so that a second load under
// another tag loads all of them anew; packages stay as they are. `onFile` is told of these files. Node 20 runs the hook in
// the thread of its hooks, later releases where the modules run, as tsx does there.

import type { InitializeHook, ResolveFnOutput, ResolveHook } from 'node:module'
import type { MessagePort } from 'node:worker_threads'

/** The name in the query of URLs that are tagged. */
const key = 'hyperglyph-load'

/** The URL of a specifier, under the tag that it or its importer has. */
export function tagged(
  specifier: string,
  importer: string | undefined,
  resolved: ResolveFnOutput,
  onFile: (path: string) => void,
): ResolveFnOutput {
  const byPath = /^(?:\.{0,2}\/|file:|#)/.test(specifier)
  const tag = tagOf(specifier) ?? (byPath ? tagOf(importer ?? '') : undefined)
  if (tag === undefined || !resolved.url.startsWith('file:')) return resolved
  const url = new URL(resolved.url)
  onFile(url.pathname)
  url.searchParams.set(key, tag)
  return { ...resolved, url: url.href }
}

let port: MessagePort | undefined

export const initialize: InitializeHook<{ port: MessagePort }> = data => {
  port = data.port
}

export const resolve: ResolveHook = async (specifier, context, next) =>
  tagged(specifier, context.parentURL, await next(specifier, context), path => port?.postMessage(path))

const tagOf = (url: string): string | undefined => new RegExp(`[?&]${key}=(\\d+)`).exec(url)?.[1]

/** A text without the tags of the URLs in it. */
export const untagged = (text: string): string => text.replace(new RegExp(`[?&]${key}=\\d+`, 'g'), '')
