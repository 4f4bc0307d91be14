import { expect, test } from 'vitest'
import type { ObjectPlan } from '../../../../../runtime-lite/object/object-plan.ts'
import type { Comparison, SlotValue } from '../../../../../runtime-lite/query/ast.ts'
import type { BoundCondition, BoundExpression, BoundQuery, BoundRelation, Parameter } from '../../../../../runtime-lite/query/bound.ts'
import { optimize, PASSES } from '../../../../../runtime-lite/query/passes/index.ts'
import { type BoundRow, interpretBound } from '../../../../support/interpret-bound.ts'
import { type Random, random, testSeed } from '../../../../support/random.ts'

const SLOTS = 6
const COLUMNS = ['number', 'text', 'owner'] as const

/** Only what passes look at. */
const plan = (name: string): ObjectPlan =>
  ({
    name,
    fields: { id: { kind: 'id' }, number: { kind: 'integer' }, text: { kind: 'text' }, owner: { kind: 'id', target: 'person' } },
    indexes: [{ fields: ['text', 'number'], isUnique: false }],
  }) as unknown as ObjectPlan

const THING = plan('thing')
const PERSON = plan('person')

function parameterOf(kind: 'integer' | 'text', index: number): Parameter {
  return { kind, key: `${kind} ${index}`, bind: (values) => (kind === 'integer' ? (values[index] as number) : `t${String(values[index])}`) }
}

function column(alias: string, of: ObjectPlan, name: (typeof COLUMNS)[number] | 'id'): BoundExpression {
  return { kind: 'column', alias, name, field: of.fields[name]!, column: name }
}

let aliases = 0

function randomCondition(generator: Random, of: ObjectPlan, alias: string, depth: number): BoundCondition {
  const inner = (): BoundCondition => randomCondition(generator, of, alias, depth - 1)
  const name = generator.pick(['number', 'number', 'text'] as const)
  const kind = name === 'number' ? 'integer' : 'text'
  const left = column(alias, of, name)
  const value = (): Parameter =>
    generator.chance(0.1)
      ? { kind, key: 'constant 1', constant: kind === 'integer' ? 1 : 't1', bind: () => (kind === 'integer' ? 1 : 't1') }
      : parameterOf(kind, generator.below(SLOTS))
  switch (depth > 0 ? generator.below(9) : generator.below(6)) {
    case 0:
      return { kind: 'null', of: left, isNull: generator.chance(0.5) }
    case 1:
      return { kind: 'in', left, values: Array.from({ length: generator.below(4) }, value), isNegated: generator.chance(0.3) }
    case 2:
      return name === 'text'
        ? {
            kind: 'match',
            operator: 'startswith',
            left,
            right: { kind: 'parameter', parameter: value(), value: 'text' },
            isNegated: generator.chance(0.3),
          }
        : { kind: 'constant', holds: generator.chance(0.7) }
    case 3:
    case 4:
    case 5: {
      const operator = generator.pick<Comparison>(['eq', 'eq', 'ne', 'gt', 'ge', 'lt', 'le'])
      const plain: BoundExpression = { kind: 'parameter', parameter: value(), value: name === 'number' ? 'number' : 'text' }
      const right: BoundExpression =
        name === 'number' && generator.chance(0.2)
          ? { kind: 'call', name: generator.pick(['add', 'sub', 'mul'] as const), args: [plain, plain], value: 'number' }
          : plain
      return { kind: 'compare', operator, left, right, orNull: operator !== 'eq' && operator !== 'ne' && generator.chance(0.2) }
    }
    case 6: {
      const isLookup = generator.chance(0.6)
      const target = isLookup || of === THING ? PERSON : THING
      const relation: BoundRelation = isLookup
        ? { kind: 'lookup', outerAlias: alias, alias: `r${aliases++}`, target, from: 'owner', to: 'id' }
        : { kind: 'children', outerAlias: alias, alias: `r${aliases++}`, target, from: 'id', to: 'owner' }
      return {
        kind: 'exists',
        relation,
        where: randomCondition(generator, target, relation.alias, depth - 1),
        isNegated: generator.chance(0.4),
      }
    }
    default:
      return { kind: generator.pick(['and', 'or'] as const), parts: Array.from({ length: generator.below(5) }, inner) }
  }
}

function randomRows(generator: Random, prefix: string): readonly BoundRow[] {
  return Array.from({ length: 12 }, (_, index) => ({
    id: `${prefix}${index}`,
    number: generator.chance(0.2) ? null : generator.below(4),
    text: generator.chance(0.2) ? null : `t${generator.below(4)}`,
    owner: generator.chance(0.2) ? null : `${generator.pick(['p', 't'])}${generator.below(14)}`,
  }))
}

function randomQuery(generator: Random): BoundQuery {
  const sorts = ['number', 'text', 'id'] as const
  return {
    plan: THING,
    alias: 't0',
    where: { kind: 'and', parts: Array.from({ length: 1 + generator.below(3) }, () => randomCondition(generator, THING, 't0', 3)) },
    orderBy: [...Array.from({ length: generator.below(4) }, () => generator.pick(sorts)), 'id' as const].map((name) => {
      const isDescending = generator.chance(0.5)
      return { by: column('t0', THING, name), isDescending, nullsFirst: generator.chance(0.5), isNotNull: name === 'id' }
    }),
    isDistinct: false,
    hasKeys: false,
    limit: { kind: 'integer', key: 'limit', constant: 50, bind: () => 50 },
    total: 'none',
    guards: [],
    notes: [],
  }
}

test('no pass, alone or with others, changes what a query finds', () => {
  const seed = testSeed()
  const generator = random(seed)
  let changed = 0
  let guarded = 0
  let empty = 0
  for (let round = 0; round < 2_000; round++) {
    const query = randomQuery(generator)
    const values: readonly SlotValue[] = Array.from({ length: SLOTS }, () => generator.below(4))
    const rows = new Map([
      ['thing', randomRows(generator, 't')],
      ['person', randomRows(generator, 'p')],
    ])
    const expected = interpretBound(query, { rows, values })
    const optimized = optimize(query)
    if (optimized.guards.length > 0) guarded++
    if (optimized.where.kind === 'constant' && !optimized.where.holds) empty++
    expect(interpretBound(optimized, { rows, values }), `seed ${seed}, round ${round}, all passes`).toEqual(expected)
    for (const pass of PASSES) {
      const alone = pass.run(query)
      if (alone !== query) changed++
      expect(interpretBound(alone, { rows, values }), `seed ${seed}, round ${round}, ${pass.name}`).toEqual(expected)
      const without = optimize(query, new Set([pass.name]))
      expect(interpretBound(without, { rows, values }), `seed ${seed}, round ${round}, without ${pass.name}`).toEqual(expected)
    }
  }
  // Trees that no pass can improve would prove nothing.
  expect(changed).toBeGreaterThan(2_000)
  expect(guarded).toBeGreaterThan(50)
  expect(empty).toBeGreaterThan(50)
})

test('a pass that has nothing to do returns the query itself, and its own result is final', () => {
  const generator = random(7)
  for (let round = 0; round < 500; round++) {
    const query = randomQuery(generator)
    for (const pass of PASSES.filter(({ name }) => name !== 'advise-indexes')) {
      const once = pass.run(query)
      const twice = pass.run(once)
      if (pass.name === 'fold-constants' || pass.name === 'reorder-filters' || pass.name === 'simplify-sort')
        expect(twice, pass.name).toBe(once)
    }
  }
})
