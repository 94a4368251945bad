// What a peer is: a folder peers/NAME with a server.ts that exports `serve` and a client.ts that exports
// `connect`. Each runs in a process of its own.

import type { Account, Row } from './data.js'

/** `serve` of server.ts: listens on a free port of 127.0.0.1 until the process ends; resolves to its URL. */
export type Serve = () => Promise<string>

/**
 * `connect` of client.ts, and `connectAlone`, which some have: as much as one client of many uses, with a
 * connection of its own that stays open.
 */
export type Connect = (url: string) => Promise<Client>

/** Written as the peer's own documentation would write it. What a peer has no way to do is left out. */
export interface Client {
  /** One text there, one back: `greeting(name)` of data.ts. */
  small(name: string): Promise<string>
  /** Many small calls at once, where the peer has a better way than to make them one by one. */
  fan?(names: readonly string[]): Promise<readonly string[]>
  /** An object with 20 fields, among them a Date and bytes, as `accountOf(id)` gives it. */
  page?(id: string): Promise<Account>
  /** `find_user(name).profile().name()`: the name again. Without pipelining, three calls. */
  chain?(name: string): Promise<string>
  /** The names of 100 objects, of which the client has no list yet. */
  map?(): Promise<readonly string[]>
  /** 1,000 rows as `rows` has them. */
  list?(): Promise<readonly Row[]>
  /** Reads `blobBytes` that the server streams, keeping none; resolves to their number. */
  download?(): Promise<number>
  /** Streams `blobBytes` to the server, which keeps none; resolves to the number that it says arrived. */
  upload?(): Promise<number>
  /** Reads the items of a stream, `itemOf(0)` and on; resolves to the sum of their `index`. */
  stream?(count: number): Promise<number>
}

/** What server.ts and client.ts of a peer export. */
export interface ServerModule {
  readonly serve: Serve
}
export interface ClientModule {
  readonly connect: Connect
  readonly connectAlone?: Connect
}

/** In the order of the tables. The first is ours: the others are compared with it. */
export const peers = [
  'hyperglyph',
  'hyperglyph-apart',
  'bare',
  'hono',
  'capnweb',
  'capnweb-batch',
  'trpc',
  'orpc',
  'connect',
  'grpc',
] as const
export type PeerName = (typeof peers)[number]
export const ours: PeerName = 'hyperglyph'

/** What the names stand for. */
export const descriptions: Readonly<Record<PeerName, string>> = {
  hyperglyph: 'ours, as built',
  'hyperglyph-apart': 'ours with `{ coalesce: false }`: a request for every call',
  bare: '`node:http`, JSON by hand, and `undici.request`',
  hono: 'hono on @hono/node-server, JSON, and `undici.request`',
  capnweb: 'capnweb over a WebSocket (ws on both sides)',
  'capnweb-batch': 'capnweb, a HTTP batch for what is called at once',
  trpc: 'tRPC with httpBatchLink and superjson',
  orpc: 'oRPC with RPCLink over fetch',
  connect: 'connect-es over HTTP/1.1, JSON',
  grpc: '@grpc/grpc-js over HTTP/2',
}
