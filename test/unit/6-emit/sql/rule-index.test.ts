import { describe, expect, test } from 'vitest'
import { printSchema } from '../../../../compiler/6-emit/sql/print-schema.ts'
import { ruleIndexName, type UniqueRule } from '../../../../compiler/6-emit/sql/rule-index.ts'
import type { Dialect } from '../../../../compiler/config/config.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { both, compares, uniqueRule } from '../../../support/unique-rule.ts'

const FIELDS = { name: 'text', amount: 'number', active: 'boolean', due: 'date', tags: 'tags', total: 'formula' } as const

const deal = (...rules: readonly UniqueRule[]) => objectIr({ name: 'deal', fields: FIELDS, compiledRules: rules })

const indexesOf = (dialect: Dialect, ...rules: readonly UniqueRule[]): readonly string[] =>
  printSchema(appIr([deal(...rules)]), dialect, 'test')
    .text.split('\n')
    .flatMap((line) => (/_rule_/.test(line) ? [line.trim().replaceAll(/_[0-9a-f]{8}\b/g, '_#')] : []))

describe('a unique rule', () => {
  test('over plain fields is a unique index', () => {
    const rule = uniqueRule('one', ['name', 'amount'])
    const index = 'create unique index "deal_one_rule_#" on "deal" ("name", "amount");'
    expect(indexesOf('sqlite', rule)).toEqual([index])
    expect(indexesOf('postgres', rule)).toEqual([index])
    expect(indexesOf('mysql', rule)).toEqual([
      "`_rule_#` binary(32) generated always as (unhex(sha2(concat(char_length(`name`), ':', `name`, char_length(`amount`), ':', `amount`), 256))) virtual",
      'create unique index `deal_one_rule_#` on `deal` (`_rule_#`);',
    ])
  })

  test('with a scope, and blind for case, is an index of some rows and over an expression', () => {
    const rule = uniqueRule('one', ['name'], {
      isCaseSensitive: false,
      scope: both('and', compares('active', 'eq', true), both('or', compares('amount', 'eq', null), compares('amount', 'gt', 5))),
    })
    expect(indexesOf('sqlite', rule)).toEqual([
      'create unique index "deal_one_rule_#" on "deal" ((lower("name"))) where ("active" = 1 and ("amount" is null or "amount" > 5));',
    ])
    expect(indexesOf('postgres', rule)).toEqual([
      'create unique index "deal_one_rule_#" on "deal" ((lower("name" collate "C"))) where ("active" = true and ("amount" is null or "amount" > 5::numeric));',
    ])
    expect(indexesOf('mysql', rule)[0]).toMatch(
      /^`_rule_#` binary\(32\) generated always as \(case when \(`active` = 1 and .+ end\) virtual$/,
    )
  })

  test('without letters has no case', () => {
    expect(indexesOf('sqlite', uniqueRule('one', ['amount'], { isCaseSensitive: false }))).toEqual([
      'create unique index "deal_one_rule_#" on "deal" ("amount");',
    ])
  })

  test.each([
    ['that only warns', { severity: 'warning' }],
    ['of some writes', { on: ['create'] }],
    ['that leaves out bulk writes', { skipsBulk: true }],
    ['with a scope that changes by itself', { scope: compares('due', 'gt', '2024-01-01') }],
    ['with a scope over other objects', { scope: compares('name', 'eq', 'Ada', ['owner', 'name']) }],
    ['with a scope over what is worked out', { scope: compares('total', 'eq', 1) }],
  ] as const)('%s has none', (_what, rest) => {
    expect(indexesOf('sqlite', uniqueRule('one', ['name'], rest as Partial<UniqueRule>))).toEqual([])
  })

  test.each(['tags', 'total', 'nothing'])('over "%s" has none', (field) => {
    expect(indexesOf('postgres', uniqueRule('one', [field]))).toEqual([])
  })

  test('has an index of another name once it says something else', () => {
    const names = [
      uniqueRule('one', ['name']),
      uniqueRule('one', ['name'], { isCaseSensitive: false }),
      uniqueRule('one', ['name'], { scope: compares('active', 'eq', true) }),
      uniqueRule('one', ['name', 'amount']),
      uniqueRule(`${'very '.repeat(30)}long — and "odd"`, ['name']),
    ].map((rule) => ruleIndexName(deal(rule), rule) ?? '')
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^\w{1,63}$/)
  })
})
