import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { reporting } from './vitest.reporting.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    // Tests run on the sources; the examples and the packed tarball are tested on what is built.
    alias: [
      { find: /^hyperglyph$/, replacement: here('./index.ts') },
      { find: /^hyperglyph\/(server|client)$/, replacement: here('./$1/index.ts') },
      { find: /^hyperglyph\/codecs$/, replacement: here('./lib/codecs.ts') },
      { find: '#transport', replacement: here('./client/transport/undici.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // What is built has a configuration of its own, vitest.built.ts.
    exclude: ['test/slow/**', 'test/built/**'],
    testTimeout: 20_000,
    ...reporting('sources'),
  },
})
