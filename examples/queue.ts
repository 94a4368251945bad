// The crawl of the 2012 talk: a queue of URLs, and workers that take one, report the links on it, and say when
// they are done. A worker knows names only: `claim`, `url`, `found`, `complete`. Neither URLs of the queue's
// server nor ids of tasks nor the worker's own name are passed around: they are in the pages' URLs.

import { Resource, Router, redirect, safe, serve } from 'hyperglyph'
import { get } from 'hyperglyph/client'

/** The web to be crawled: pages and the links on them. */
const web: Readonly<Record<string, readonly string[]>> = {
  '/': ['/about', '/news'],
  '/about': ['/', '/people'],
  '/news': ['/', '/news/1'],
  '/news/1': ['/people'],
  '/people': [],
}

const waiting: string[] = []
const seen = new Set<string>()
const done = new Map<string, string>()

function push(address: string): void {
  if (seen.has(address)) return
  seen.add(address)
  waiting.push(address)
}

class Queue extends Resource {
  readonly worker: string

  constructor(worker: string) {
    super()
    this.worker = worker
  }

  /** The next task for this worker: its page, or nil when nothing waits. */
  claim(): Task | null {
    const address = waiting.shift()
    return address === undefined ? null : new Task(this.worker, address)
  }
}

class Task extends Resource {
  /** The underscore keeps it off the page; it still is in the URL. */
  readonly _worker: string
  readonly url: string

  constructor(worker: string, url: string) {
    super()
    this._worker = worker
    this.url = url
  }

  found(links: string[]): void {
    for (const link of links) push(link)
  }

  complete(): void {
    done.set(this.url, this._worker)
  }
}

const router = new Router({
  Queue,
  Task,
  push,
  queue_for: redirect((worker: string) => new Queue(worker)),
  report: safe(() => done),
})

/** Crawls until nothing waits, or as many pages as asked. */
async function work(address: string, name: string, most = Number.POSITIVE_INFINITY): Promise<void> {
  const { queue_for } = await get<typeof router>(address)
  const queue = await queue_for(name)
  for (let count = 0; count < most; count++) {
    const task = await queue.claim()
    if (task === null) return
    const links = web[task.url] ?? []
    await task.found([...links])
    await task.complete()
    console.log(`${name} crawled ${task.url}: ${links.length} links`)
  }
}

const server = await serve(router, { port: 0 })
const api = await get<typeof router>(server.url)
await api.push('/')

await work(server.url, 'worker-1', 2)
await work(server.url, 'worker-2')
console.log(await api.report())

await server.close()
