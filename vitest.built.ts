// The tests of what is built: the examples, `npm start`, the README's programs, and the packed tarball.
// They run other processes on `dist`, so `npm run build` comes first.

import { defineConfig } from 'vitest/config'
import { reporting } from './vitest.reporting.js'

export default defineConfig({
  test: {
    include: ['test/built/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    ...reporting('built'),
  },
})
