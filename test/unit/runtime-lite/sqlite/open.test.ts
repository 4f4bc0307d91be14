import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ObjectQLError } from '../../../../runtime-lite/problem/problem.ts'
import { openSqlite } from '../../../../runtime-lite/sqlite/open.ts'
import { sqliteError } from '../../../../runtime-lite/sqlite/sqlite-error.ts'

const folder = mkdtempSync(join(tmpdir(), 'open-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const setting = (url: string, name: string, options = {}): unknown => {
  const db = openSqlite(url, options)
  const row = db.prepare(`pragma ${name}`).get()
  db.close()
  return Object.values(row ?? {})[0]
}

test.each(['', ':memory:', 'sqlite::memory:', 'sqlite:'])('%j is a database in memory', (url) => {
  expect(setting(url, 'journal_mode')).toBe('memory')
})

test.each([(path: string) => path, (path: string) => `sqlite:${path}`, (path: string) => `sqlite://${path}`])('a file, form %#', (form) => {
  const url = form(join(folder, 'a.db'))
  expect(setting(url, 'journal_mode')).toBe('wal')
  expect(setting(url, 'foreign_keys')).toBe(1)
  expect(setting(url, 'synchronous')).toBe(1)
  expect(setting(url, 'synchronous', { synchronous: 'full' })).toBe(2)
  expect(setting(url, 'wal_autocheckpoint')).toBe(4000)
  expect(setting(url, 'busy_timeout')).toBe(5000)
  expect(setting(url, 'busy_timeout', { busyTimeoutMs: 7 })).toBe(7)
})

test('other databases and what is no database are refused', () => {
  expect(() => openSqlite('postgres://localhost/x')).toThrow('is not a SQLite database')
  expect(() => openSqlite(join(folder, 'no', 'such', 'folder.db'))).toThrow()
  const path = join(folder, 'text.db')
  writeFileSync(path, 'This is not a database. '.repeat(100))
  expect(() => openSqlite(path)).toThrow('not a database')
  // The handle is closed again: the file can be removed on every system.
  rmSync(path)
})

describe('what SQLite reports and what clients hear', () => {
  test.each([
    [5, 503, 'UNAVAILABLE', '1'],
    [261, 503, 'UNAVAILABLE', '1'],
    [6, 503, 'UNAVAILABLE', '1'],
    [13, 503, 'UNAVAILABLE', '10'],
    [7, 503, 'UNAVAILABLE', '10'],
    [10, 503, 'UNAVAILABLE', '10'],
    [8, 503, 'UNAVAILABLE', '10'],
    [14, 503, 'UNAVAILABLE', '10'],
    [9, 503, 'UNAVAILABLE', '1'],
    [18, 413, 'PAYLOAD_TOO_LARGE', undefined],
    [11, 500, 'DATABASE_ERROR', undefined],
    [1, 500, 'DATABASE_ERROR', undefined],
  ])('%i → %i', (errcode, status, code, retry) => {
    const cause = Object.assign(new Error('secret details of a table'), { errcode })
    const problem = sqliteError(cause)
    expect(problem).toMatchObject({ status, code })
    expect(problem.headers?.[1]).toBe(retry)
    expect(problem.cause).toBe(cause)
    expect(JSON.stringify(problem)).not.toContain('secret')
  })

  test('anything else is an internal error, a refusal stays what it is', () => {
    expect(sqliteError(new TypeError('oops'))).toMatchObject({
      status: 500,
      code: 'INTERNAL_ERROR',
      message: 'An unexpected error occurred.',
    })
    expect(sqliteError('oops')).toMatchObject({ status: 500 })
    const refusal = new ObjectQLError(409, 'CONFLICT', 'x')
    expect(sqliteError(refusal)).toBe(refusal)
  })
})
