import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// Generated code imports this package by name. In tests that is the source, so that a stale build can never pass a test.
const ENTRY_POINTS = [
  { find: /^objectql$/, replacement: source('compiler/index.ts') },
  { find: /^objectql\/runtime$/, replacement: source('runtime-lite/index.ts') },
  { find: /^objectql\/rest$/, replacement: source('runtime-lite/rest/index.ts') },
  { find: /^objectql\/client$/, replacement: source('runtime-lite/client/index.ts') },
  { find: /^objectql\/spec$/, replacement: source('compiler/spec/index.ts') },
]

export default defineConfig({
  resolve: { alias: ENTRY_POINTS },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', 'tmp/**'],
    testTimeout: 20_000,
    coverage: { include: ['compiler/**/*.ts', 'runtime-lite/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
})
