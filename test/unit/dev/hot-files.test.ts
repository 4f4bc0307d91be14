import { expect, test } from 'vitest'
import { isOnTheWay, structuralFile } from '../../../compiler/dev/hot-files.ts'

const OUTPUT = '/crm/generated'
const structural = (...paths: readonly string[]): string | undefined =>
  structuralFile(
    paths.map((path) => (path.startsWith('/') ? path : `${OUTPUT}/${path}`)),
    OUTPUT,
  )

test('code of hooks, actions and plugins is no structure; nor are types, copies and places', () => {
  const code = [
    'kernel.ts',
    'kernel.js',
    'middleware.ts',
    'hooks/account.ts',
    'hooks/account.js',
    'actions/account.ts',
    'trace.json',
    '.objectql.json',
  ]
  for (const path of [...code, 'hooks.d.ts', 'config.d.ts', 'objects/account.d.ts', 'modules/schemas/a.plugin.mjs'])
    expect([path, structural(path)]).toEqual([path, undefined])
  expect(structural(...code)).toBeUndefined()
})

test('everything else is', () => {
  const others = [
    'index.ts',
    'plans/account.ts',
    'objects/account.js',
    'schema.ts',
    'registry.ts',
    'openapi.json',
    'server/node.ts',
    'workflows/a.ts',
  ]
  for (const path of [...others, 'actions/account-params.js', 'seeds.ts', 'rules/account.ts', 'client/index.js'])
    expect(structural('kernel.ts', path)).toBe(`${OUTPUT}/${path}`)
  expect(structural('/crm/objectql.lock.json')).toBe('/crm/objectql.lock.json')
  expect(structural('/crm/generated-too/kernel.ts')).toBe('/crm/generated-too/kernel.ts')
})

test('what leads to hooks and plugins is let go with the index; what is kept is not', () => {
  const on = (path: string): boolean => isOnTheWay(`${OUTPUT}/${path}`, OUTPUT)
  expect(
    ['index.ts', 'kernel.ts', 'plans/account.ts', 'hooks/account.ts', 'rules/account.ts', 'actions/account.ts'].filter((path) => !on(path)),
  ).toEqual([])
  expect(['registry.ts', 'workflows/a.ts', 'server/node.ts', 'seeds.ts', 'schema.ts', 'objects/account.js'].filter(on)).toEqual([])
})
