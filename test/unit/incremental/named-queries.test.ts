import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSession } from '../../../compiler/compile-project.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const FOLDER = join(ROOT, 'tmp', `incremental-queries-${process.pid}`)
const TICKET = join(FOLDER, 'schemas', 'ticket.object.yml')

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true })
  cpSync(join(ROOT, 'test', 'golden', 'named-queries'), FOLDER, { recursive: true })
})
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

const changed = (from: string, to: string): void => writeFileSync(TICKET, readFileSync(TICKET, 'utf8').replace(from, to))

test('a changed query rewrites what it is part of, and a wrong one nothing', async () => {
  const session = createSession({ cwd: FOLDER })
  expect((await session.compile()).isOk).toBe(true)
  expect((await session.compile()).written).toEqual([])

  changed('status: { $ne: closed }', 'status: { $ne: waiting }')
  const { written } = await session.compile()
  expect(written.filter((path) => !/\.(?:json|lock)$/.test(path))).toEqual(['generated/plans/ticket.ts'])

  changed('due_on: { $lte: $until }', 'due_no: { $lte: $until }')
  const wrong = await session.compile()
  expect(wrong.diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(['plan/invalid-query'])
  expect(wrong.written).toEqual([])

  // A query that stays as it is follows the fields it names.
  changed('due_no: { $lte: $until }', 'due_on: { $lte: $until }')
  writeFileSync(join(FOLDER, 'schemas', 'user.object.yml'), 'fields:\n  name: { type: text, required: true, columnName: full_name }\n')
  const followed = await session.compile()
  expect(followed.isOk).toBe(true)
  expect(followed.written).toContain('generated/plans/ticket.ts')
})
