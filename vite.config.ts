// The build: few files for each entry point, since a module costs about as much to find as to run. The compiler makes
// the types (tsconfig.build.json), file by file. Figures and reasons: spec/decisions.md, "Package".

import { defineConfig } from 'vite'

/** What package.json names, and files that are loaded by those. */
const entries = [
  'index',
  'server/index',
  'client/index',
  'client/transport/fetch',
  'client/transport/undici',
  'lib/codecs',
  'cli/main',
  'cli/serve/tagging',
]

/**
 * Files of one chunk import only those of chunks before it, as the house of CONTRIBUTING.md has it: `client/get.ts` loads
 * a transport as a file of its own (`#transport`), which must not lead back to it.
 */
const chunks: readonly (readonly [name: string, files: RegExp])[] = [
  // Addresses come of a package, which codecs do without.
  ['lib/addresses', /^lib\/addresses\.ts$/],
  ['lib/lib', /^lib\//],
  // What only Node has is in the transport of Node alone.
  [
    'client/transport',
    /^client\/(?:(?:errors|limits|timer)\.ts$|transport\/(?!undici|reception|content-coding))/,
  ],
  ['client/client', /^client\/(?!transport\/)/],
  // Beside the hooks that it loads into a thread by the name of their file.
  ['cli/serve/serve', /^cli\/serve\/(?!tagging)/],
]

const root = `${import.meta.dirname}/`

/** The lowest that all files of a chunk may be in. */
const folderOf = (paths: readonly string[]): string =>
  ['cli', 'server', 'client'].find(folder => paths.some(path => path.startsWith(`${root}${folder}/`))) ??
  'lib'

export default defineConfig({
  logLevel: 'warn',
  // File by file, as the compiler would: over a whole chunk names would be changed once more.
  esbuild: { target: 'es2022' },
  build: {
    ssr: true,
    target: 'esnext',
    outDir: 'dist',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rollupOptions: {
      input: Object.fromEntries(entries.map(name => [name, `./${name}.ts`])),
      // An entry offers what its source does, and none of what chunks say to each other.
      preserveEntrySignatures: 'strict',
      external: name => !/^[./]/.test(name),
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: ({ name, moduleIds }) =>
          `${name.includes('/') ? '' : `${folderOf(moduleIds)}/`}[name].js`,
        hoistTransitiveImports: false,
        onlyExplicitManualChunks: true,
        manualChunks: path => chunks.find(([, files]) => files.test(path.slice(root.length)))?.[0],
      },
    },
  },
})
