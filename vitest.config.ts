import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { ENTRY_POINTS } from './compiler/dev/entry-points.ts'

// Generated code imports this package by name. In tests that is the source, so that a stale build can never pass a test.
const alias = Object.entries(ENTRY_POINTS).map(([name, path]) => ({
  find: new RegExp(`^${name}$`),
  replacement: fileURLToPath(new URL(`${path}.ts`, import.meta.url)),
}))

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', 'tmp/**'],
    testTimeout: 20_000,
    // Half of the time tests wait for a server or another process. The default leaves one core to nobody.
    maxWorkers: '100%',
    coverage: { include: ['compiler/**/*.ts', 'runtime-lite/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
})
