import { expect, test } from 'vitest'
import { findProject } from '../../../compiler/config/load-config.ts'
import { createMemoryHost } from '../../../compiler/host/memory-host.ts'

const projectFrom = (cwd: string, paths: readonly string[]) => {
  const host = createMemoryHost(Object.fromEntries(paths.map((path) => [path, ''])), { style: 'posix', cwd })
  const { root, path } = findProject(host, cwd)
  return { root, path }
}

test('the nearest configuration counts', () => {
  expect(projectFrom('/a/b/c', ['/a/objectql.config.ts', '/a/b/objectql.config.json'])).toEqual({
    root: '/a/b',
    path: '/a/b/objectql.config.json',
  })
})

test('a stack without a configuration is a project of its own', () => {
  expect(projectFrom('/a/stack/src', ['/a/objectql.config.ts', '/a/stack/objectstack.config.ts'])).toEqual({
    root: '/a/stack',
    path: undefined,
  })
})

test('without either the project is where the command runs', () => {
  expect(projectFrom('/a/b', ['/c/objectql.config.ts'])).toEqual({ root: '/a/b', path: undefined })
})
