// What the servers answer with: the same for every peer.

/** The page: 20 fields. */
export interface Account {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly title: string
  readonly company: string
  readonly city: string
  readonly country: string
  readonly phone: string
  readonly bio: string
  readonly language: string
  readonly timezone: string
  readonly age: number
  readonly followers: number
  readonly following: number
  readonly score: number
  readonly balance: number
  readonly active: boolean
  readonly verified: boolean
  readonly created: Date
  readonly avatar: Uint8Array
}

const avatar = Uint8Array.from({ length: 64 }, (_, index) => (index * 37) % 256)

export const accountOf = (id: string): Account => ({
  id,
  name: 'Robert Tables',
  email: 'bob@example.com',
  title: 'Senior engineer',
  company: 'Acme Corporation',
  city: 'São Paulo',
  country: 'Brazil',
  phone: '+55 11 5555 0100',
  bio: 'Writes programs that write programs, and in the evenings plays the cello, badly but with love.',
  language: 'pt-BR',
  timezone: 'America/Sao_Paulo',
  age: 41,
  followers: 1204,
  following: 88,
  score: 0.8125,
  balance: 1024.37,
  active: true,
  verified: false,
  created: new Date(1_700_000_000_123),
  avatar,
})

export interface Row {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly active: boolean
  readonly score: number
  readonly created: Date
}

export const rows: readonly Row[] = Array.from({ length: 1000 }, (_, index) => ({
  id: index,
  name: `user ${index}`,
  email: `user${index}@example.com`,
  active: index % 3 === 0,
  score: index / 8,
  created: new Date(1_700_000_000_000 + index * 1000),
}))

export const greeting = (name: string): string => `Hello ${name}`

/** Whose names the workload `map` asks for. */
export const friends: readonly string[] = Array.from({ length: 100 }, (_, index) => `friend ${index}`)

export interface Item {
  readonly index: number
  readonly name: string
}

export const itemOf = (index: number): Item => ({ index, name: `item ${index}` })

export function* items(count: number): Generator<Item> {
  for (let index = 0; index < count; index++) yield itemOf(index)
}

export const blobBytes = 64 * 2 ** 20
const piece = new Uint8Array(65_536).fill(7)

/** The blob in pieces of 64 KiB, none of which is kept. */
export async function* pieces(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let sent = 0; sent < blobBytes; sent += piece.length) yield piece.slice()
}

/** How many bytes a stream of them has. */
export async function sizeOf(source: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0
  for await (const chunk of source) size += chunk.length
  return size
}

/** A web stream that asks its source for one item at a time. */
export const streamOf = <T>(source: AsyncIterator<T> | Iterator<T>): ReadableStream<T> =>
  new ReadableStream<T>({
    async pull(controller) {
      const { value, done } = await source.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })

/** The Date and the bytes for peers that only have JSON; the way back is `accountFromJson`. */
export interface AccountJson extends Omit<Account, 'created' | 'avatar'> {
  readonly created: string
  readonly avatar: string
}

export const accountToJson = (account: Account): AccountJson => ({
  ...account,
  created: account.created.toISOString(),
  avatar: Buffer.from(account.avatar).toString('base64'),
})

export const accountFromJson = (json: AccountJson): Account => ({
  ...json,
  created: new Date(json.created),
  avatar: new Uint8Array(Buffer.from(json.avatar, 'base64')),
})

export type RowJson = Omit<Row, 'created'> & { readonly created: string }

export const rowFromJson = (json: RowJson): Row => ({ ...json, created: new Date(json.created) })
