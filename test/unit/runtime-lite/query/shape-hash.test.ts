import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { EMPTY_QUERY, type Query } from '../../../../runtime-lite/query/ast.ts'
import { sha256Hex, shapeHash } from '../../../../runtime-lite/query/shape-hash.ts'

test('the digest is SHA-256', () => {
  for (let length = 0; length < 300; length += 7) {
    const text = 'aé🔥'.repeat(length).slice(0, length)
    expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'))
  }
})

const named = (path: string, extra: object = {}): Query => ({
  ...EMPTY_QUERY,
  where: {
    kind: 'compare',
    operator: 'eq',
    left: { kind: 'field', path: [path], ...extra },
    right: { kind: 'value', value: { kind: 'slot', index: 0, type: 'string' } },
  },
})

test('equal structures have equal hashes, wherever they were written', () => {
  const hash = shapeHash('user', 'list', named('name', { at: 4, parameter: '$filter' }))
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect(shapeHash('user', 'list', named('name'))).toBe(hash)
  expect(shapeHash('user', 'count', named('name'))).not.toBe(hash)
  expect(shapeHash('account', 'list', named('name'))).not.toBe(hash)
  expect(shapeHash('user', 'list', named('nam'))).not.toBe(hash)
  const { where, ...rest } = named('name')
  expect(shapeHash('user', 'list', { where: where!, ...rest })).toBe(hash)
})
