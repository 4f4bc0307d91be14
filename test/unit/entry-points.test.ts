import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ENTRY_POINTS } from '../../compiler/dev/entry-points.ts'

const ROOT = new URL('../../', import.meta.url)
const read = (path: string): Record<string, Record<string, unknown>> => JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'))

describe('the entry points of the package', () => {
  test('lead to modules that are there', () => {
    for (const path of Object.values(ENTRY_POINTS)) expect([path, existsSync(new URL(`${path}.ts`, ROOT))]).toEqual([path, true])
  })

  test('are the same in package.json, for Node', () => {
    const wanted = Object.entries(ENTRY_POINTS).map(([name, path]) => [
      name.replace('objectql', '.').replace(/^\.$/, '.'),
      { types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` },
    ])
    expect(read('package.json')['exports']).toEqual({ ...Object.fromEntries(wanted), './package.json': './package.json' })
  })

  test('are the same in tsconfig.json, for the compiler', () => {
    const wanted = Object.entries(ENTRY_POINTS).map(([name, path]) => [name, [`./${path}.ts`]])
    expect((read('tsconfig.json')['compilerOptions'] as Record<string, unknown>)['paths']).toEqual(Object.fromEntries(wanted))
  })
})
