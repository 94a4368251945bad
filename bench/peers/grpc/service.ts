// gRPC: the service as @grpc/proto-loader reads it when the process starts, and its times as Dates.

import { fileURLToPath } from 'node:url'
import { loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

// The built file is in dist/, the schema beside the source.
const schema = fileURLToPath(new URL('../../../peers/grpc/bench.proto', import.meta.url))

const loaded = loadPackageDefinition(loadSync(schema, { longs: Number, defaults: true })) as unknown as {
  bench: { Bench: ServiceClientConstructor }
}
export const Bench: ServiceClientConstructor = loaded.bench.Bench

export interface Timestamp {
  readonly seconds: number
  readonly nanos: number
}

export const timestampOf = (date: Date): Timestamp => {
  const time = date.getTime()
  const seconds = Math.floor(time / 1000)
  return { seconds, nanos: (time - seconds * 1000) * 1e6 }
}

export const dateOf = ({ seconds, nanos }: Timestamp): Date => new Date(seconds * 1000 + nanos / 1e6)
