import { describe, expect, test } from 'vitest'
import type { ObjectPlan } from '../../../../../runtime-lite/object/object-plan.ts'
import type { Comparison } from '../../../../../runtime-lite/query/ast.ts'
import type { BoundCondition, BoundExpression, BoundQuery, BoundSort, Parameter } from '../../../../../runtime-lite/query/bound.ts'
import { describeCondition, describeQuery } from '../../../../../runtime-lite/query/describe.ts'
import { optimize, PASSES } from '../../../../../runtime-lite/query/passes/index.ts'

const plan = {
  name: 'deal',
  fields: {
    id: { kind: 'id' },
    stage: { kind: 'text' },
    amount: { kind: 'real' },
    owner: { kind: 'id', target: 'user' },
    email: { kind: 'text' },
  },
  indexes: [
    { fields: ['stage', 'amount'], isUnique: false },
    { fields: ['email'], isUnique: true },
  ],
} as unknown as ObjectPlan

const slot = (index: number, kind: Parameter['kind'] = 'text'): Parameter => ({
  kind,
  key: `${index}`,
  bind: (values) => values[index] as string,
})
const constant = (value: number | string): Parameter => ({
  kind: typeof value === 'number' ? 'real' : 'text',
  key: `constant ${value}`,
  constant: value,
  bind: () => value,
})
const column = (name: string): BoundExpression & { readonly kind: 'column' } => ({
  kind: 'column',
  alias: 't0',
  name,
  field: plan.fields[name]!,
  column: name,
})
const given = (parameter: Parameter): BoundExpression => ({
  kind: 'parameter',
  parameter,
  value: parameter.kind === 'real' ? 'number' : 'text',
})
const compare = (name: string, operator: Comparison, parameter: Parameter): BoundCondition => ({
  kind: 'compare',
  operator,
  left: column(name),
  right: given(parameter),
  orNull: false,
})
const and = (...parts: readonly BoundCondition[]): BoundCondition => ({ kind: 'and', parts })
const or = (...parts: readonly BoundCondition[]): BoundCondition => ({ kind: 'or', parts })
const related = (where: BoundCondition, alias: string, isNegated = false): BoundCondition => ({
  kind: 'exists',
  relation: { kind: 'lookup', outerAlias: 't0', alias, target: { name: 'user' } as ObjectPlan, from: 'owner', to: 'id' },
  where,
  isNegated,
})
const sort = (name: string, isDescending = false): BoundSort => ({
  by: column(name),
  isDescending,
  nullsFirst: !isDescending,
  isNotNull: name === 'id',
})

const query = (where: BoundCondition, rest: Partial<BoundQuery> = {}): BoundQuery => ({
  plan,
  alias: 't0',
  where,
  orderBy: [],
  isDistinct: false,
  hasKeys: false,
  limit: constant(50),
  total: 'none',
  guards: [],
  notes: [],
  ...rest,
})

const run = (name: string, where: BoundCondition, rest?: Partial<BoundQuery>): BoundQuery =>
  PASSES.find((pass) => pass.name === name)!.run(query(where, rest))

describe('each pass', () => {
  const always: BoundCondition = { kind: 'constant', holds: true }
  const never: BoundCondition = { kind: 'constant', holds: false }
  test.each<[pass: string, before: BoundCondition, after: string]>([
    ['fold-constants', and(always, compare('stage', 'eq', slot(0))), 'stage eq :0'],
    ['fold-constants', and(never, compare('stage', 'eq', slot(0))), 'never'],
    ['fold-constants', or(never, never), 'never'],
    ['fold-constants', or(or(compare('stage', 'eq', slot(0)), always)), 'always'],
    ['fold-constants', and(and(compare('stage', 'eq', slot(0)), compare('amount', 'gt', slot(1)))), '(stage eq :0 and amount gt :1)'],
    ['fold-constants', { kind: 'in', left: column('stage'), values: [], isNegated: true }, 'always'],
    ['fold-constants', related(never, 't1', true), 'always'],
    [
      'fold-constants',
      {
        kind: 'compare',
        operator: 'gt',
        left: column('amount'),
        right: { kind: 'call', name: 'mul', args: [given(constant(12)), given(constant(1000))], value: 'number' },
        orNull: false,
      },
      'amount gt 12000',
    ],
    ['remove-redundant', and(compare('stage', 'eq', slot(0)), compare('stage', 'eq', slot(0))), 'stage eq :0'],
    [
      'remove-redundant',
      and(compare('stage', 'eq', slot(0)), or(compare('amount', 'eq', slot(1)), compare('stage', 'eq', slot(0)))),
      'stage eq :0',
    ],
    ['remove-redundant', and(compare('amount', 'gt', slot(0)), { kind: 'null', of: column('amount'), isNull: false }), 'amount gt :0'],
    ['remove-redundant', and(compare('amount', 'gt', slot(0)), { kind: 'null', of: column('amount'), isNull: true }), 'never'],
    ['or-to-in', or(compare('stage', 'eq', slot(0)), compare('stage', 'eq', slot(1))), 'stage in (:0, :1)'],
    ['or-to-in', and(compare('stage', 'ne', slot(0)), compare('stage', 'ne', slot(1))), 'not stage in (:0, :1)'],
    ['or-to-in', or(compare('stage', 'eq', slot(0)), compare('amount', 'eq', slot(1))), '(stage eq :0 or amount eq :1)'],
    ['merge-ranges', and(compare('amount', 'gt', slot(0, 'real')), compare('amount', 'gt', slot(1, 'real'))), 'amount gt :max(0,1)'],
    ['merge-ranges', and(compare('amount', 'le', constant(5)), compare('amount', 'le', constant(3))), 'amount le 3'],
    [
      'merge-relations',
      and(related(compare('stage', 'eq', slot(0)), 't1'), related(compare('amount', 'gt', slot(1)), 't2')),
      'exists user t1 (t1.id = t0.owner) where (stage eq :0 and amount gt :1)',
    ],
    [
      'merge-relations',
      and(related(compare('stage', 'eq', slot(0)), 't1', true), related(compare('amount', 'gt', slot(1)), 't2', true)),
      'not exists user t1 (t1.id = t0.owner) where (stage eq :0 or amount gt :1)',
    ],
    [
      'reorder-filters',
      and(related(always, 't1'), compare('amount', 'gt', slot(0)), compare('stage', 'eq', slot(1)), compare('email', 'eq', slot(2))),
      '(email eq :2 and stage eq :1 and amount gt :0 and exists user t1 (t1.id = t0.owner) where always)',
    ],
  ])('%s %#', (pass, before, after) => expect(describeCondition(run(pass, before).where)).toBe(after))

  test('contradictory equalities become a guard, evaluated with the values of the request', () => {
    const guarded = run('guard-contradictions', and(compare('stage', 'eq', slot(0)), compare('stage', 'eq', slot(1))))
    expect(describeQuery(guarded)).toBe('from deal\nwhere stage eq :0\nonly if :0 eq :1\nlimit 50')
  })

  test('bounds that leave nothing between them are a guard, and constant ones an answer', () => {
    expect(
      describeQuery(run('guard-contradictions', and(compare('amount', 'gt', slot(0, 'real')), compare('amount', 'lt', slot(1, 'real'))))),
    ).toContain('only if :0 lt :1')
    expect(
      describeCondition(run('guard-contradictions', and(compare('amount', 'gt', constant(5)), compare('amount', 'lt', constant(5)))).where),
    ).toBe('never')
  })

  test('aggregates over everything have a row even where nothing matches: no guard', () => {
    const both = and(compare('stage', 'eq', slot(0)), compare('stage', 'eq', slot(1)))
    expect(run('guard-contradictions', both, { group: { by: [], aggregates: [{ alias: 'n', function: 'count' }] } }).guards).toEqual([])
  })

  test('sort keys that decide nothing go away, together with their values in a cursor', () => {
    const sorted = run('simplify-sort', compare('stage', 'eq', slot(0)), {
      orderBy: [sort('stage'), sort('amount', true), sort('amount'), sort('id'), sort('email')],
      cursor: { values: [slot(1), slot(2), slot(3), slot(4), slot(5)] },
    })
    expect(describeQuery(sorted)).toContain('order by amount desc, id\nafter (:2, :4)')
  })

  test('advice names the index that serves, or the missing one', () => {
    expect(run('advise-indexes', compare('stage', 'eq', slot(0)), { orderBy: [sort('amount'), sort('id')] }).notes).toEqual([
      'The index on (stage, amount) serves this query.',
    ])
    expect(run('advise-indexes', compare('owner', 'eq', slot(0)), { orderBy: [sort('amount'), sort('id')] }).notes[0]).toMatch(
      /An index on \(owner, amount\) would serve/,
    )
    expect(run('advise-indexes', compare('id', 'eq', slot(0))).notes).toEqual(['The primary key serves this query.'])
  })
})

test('passes can be switched off by name, and tell what they changed', () => {
  const where = or(compare('stage', 'eq', slot(0)), compare('stage', 'eq', slot(1)))
  const seen: string[] = []
  expect(describeCondition(optimize(query(where), new Set(), ({ name }) => seen.push(name)).where)).toBe('stage in (:0, :1)')
  expect(seen).toEqual(['or-to-in', 'advise-indexes'])
  expect(describeCondition(optimize(query(where), new Set(['or-to-in'])).where)).toBe('(stage eq :0 or stage eq :1)')
})
