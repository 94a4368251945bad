// Runs in the thread of Node's loader hooks: what a module imports by path is loaded under its own tag, so that a
// second load under another tag loads all of it anew; packages stay as they are. Tells which files those are.

import type { InitializeHook, ResolveHook } from 'node:module'
import type { MessagePort } from 'node:worker_threads'

/** The name in the query of URLs that are tagged. */
const key = 'hyperglyph-load'

let port: MessagePort | undefined

export const initialize: InitializeHook<{ port: MessagePort }> = data => {
  port = data.port
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  const resolved = await next(specifier, context)
  const byPath = /^(?:\.{0,2}\/|file:|#)/.test(specifier)
  const tag = tagOf(specifier) ?? (byPath ? tagOf(context.parentURL ?? '') : undefined)
  if (tag === undefined || !resolved.url.startsWith('file:')) return resolved
  const url = new URL(resolved.url)
  port?.postMessage(url.pathname)
  url.searchParams.set(key, tag)
  return { ...resolved, url: url.href }
}

const tagOf = (url: string): string | undefined => new RegExp(`[?&]${key}=(\\d+)`).exec(url)?.[1]
