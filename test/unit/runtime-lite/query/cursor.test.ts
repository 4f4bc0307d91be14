import { expect, test } from 'vitest'
import { cursorSignature } from '../../../../runtime-lite/database/cursor-signature.ts'
import type { ObjectPlan } from '../../../../runtime-lite/object/object-plan.ts'
import type { BoundSort } from '../../../../runtime-lite/query/bound.ts'
import { createCursorCodec, cursorParameters } from '../../../../runtime-lite/query/cursor.ts'
import { random, testSeed } from '../../../support/random.ts'
import { refusal } from '../../../support/url-query.ts'

const plan = { name: 'account' } as ObjectPlan
const by = (name: string, kind: 'text' | 'real' | 'integer' = 'text', isDescending = false): BoundSort => ({
  by: { kind: 'column', alias: 't0', name, column: name, field: { kind } },
  isDescending,
  nullsFirst: !isDescending,
  isNotNull: false,
})
const orderBy = [by('name'), by('amount', 'integer', true), by('id')]
const sign = cursorSignature('secret')
const codec = createCursorCodec({ plan, orderBy }, sign)

test('the keys come back as they were, digits beyond 2^53 and any text included', () => {
  const keys = '{"0":"Ä🔥\\u0000 \\"x\\"","1":-9007199254740993,"2":null}'
  const cursor = codec.encode(keys)
  expect(cursor).toMatch(/^[\w-]+\.[\w-]{22}$/)
  expect(codec.decode(cursor)).toEqual({ 0: 'Ä🔥\u0000 "x"', 1: -9007199254740993n, 2: null })
  const { values } = cursorParameters({ kind: 'slot', index: 1, type: 'string' }, orderBy, codec)
  expect(values.map(({ kind }) => kind)).toEqual(['text', 'integer', 'text'])
  expect(values.map((value) => value.bind(['', cursor], { now: 0 }))).toEqual(['Ä🔥\u0000 "x"', -9007199254740993n, null])
})

test('a cursor of another query, or of nobody, is refused', () => {
  const cursor = codec.encode('{"0":"a","1":1,"2":"x"}')
  const others = [
    createCursorCodec({ plan: { name: 'user' } as ObjectPlan, orderBy }, sign),
    createCursorCodec({ plan, orderBy: orderBy.slice(1) }, sign),
    createCursorCodec({ plan, orderBy: [by('name', 'text', true), ...orderBy.slice(1)] }, sign),
    createCursorCodec({ plan, orderBy }, cursorSignature('another secret')),
  ]
  for (const other of others)
    expect(refusal(() => other.decode(cursor))).toMatchObject({ status: 400, code: 'INVALID_QUERY', at: { parameter: 'cursor' } })
})

test('no change of a cursor goes unnoticed', () => {
  const seed = testSeed()
  console.log(`cursor: OBJECTQL_SEED=${seed}`)
  const generator = random(seed)
  const cursor = codec.encode('{"0":"a","1":1,"2":"x"}')
  for (let round = 0; round < 2_000; round++) {
    const at = generator.below(cursor.length)
    const piece = generator.pick(['', 'A', '-', '.', 'ä', '=', '\0', '🔥', cursor])
    const changed = cursor.slice(0, at) + piece + cursor.slice(at + generator.below(3))
    if (changed === cursor) continue
    expect(refusal(() => codec.decode(changed)).status, changed).toBe(400)
  }
})
