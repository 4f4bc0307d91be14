import { createHash } from 'node:crypto'
import type { FieldPlan, ObjectPlan } from '../../../runtime-lite/object/object-plan.ts'
import { ObjectQLError } from '../../../runtime-lite/problem/problem.ts'
import { bindQuery } from '../../../runtime-lite/query/bind/bind-query.ts'
import type { BoundCondition, BoundExpression } from '../../../runtime-lite/query/bound.ts'
import { EMPTY_QUERY } from '../../../runtime-lite/query/empty-query.ts'
import { mysqlDialect } from '../../../runtime-lite/query/print/mysql.ts'
import { postgresDialect } from '../../../runtime-lite/query/print/postgres.ts'
import { printCondition } from '../../../runtime-lite/query/print/print-condition.ts'
import { sqliteDialect } from '../../../runtime-lite/query/print/sqlite.ts'
import type { Dialect } from '../../config/config.ts'
import { lowerFilter } from '../../expression/lower-filter.ts'
import { meaningOf } from '../../expression/typed.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import type { CompiledRule } from '../../ir/rule.ts'
import { fieldPlan } from '../plans/field-plan.ts'
import { literalList } from '../plans/literal-list.ts'
import { isInPlan, quotedTable } from '../plans/plan-constants.ts'
import { plainName } from './physical-names.ts'
import type { Table } from './table.ts'

export type UniqueRule = CompiledRule & { readonly kind: 'unique' }

/** The unique index that holds a rule. */
export interface RuleIndex {
  readonly rule: string
  readonly create: string
  /** A column that MySQL, which indexes no expressions and no part of a table, computes for it: the digest of what must be unique. */
  readonly column?: { readonly name: string; readonly type: string }
}

/** Column kinds whose values are equal exactly where the database says so, and whose conditions never depend on a session. */
const KEY_KINDS: ReadonlySet<string> = new Set(['text', 'option', 'id', 'integer', 'real', 'boolean', 'date', 'datetime', 'time'])
const SCOPE_KINDS: ReadonlySet<string> = new Set(['text', 'option', 'id', 'integer', 'real', 'boolean'])

/** The indexes of the rules of a table's objects that an index can hold. */
export function ruleIndexes(table: Table, dialect: Dialect): readonly RuleIndex[] {
  return table.objects.flatMap((object) => uniqueRules(object).flatMap((rule) => ruleIndex(table, object, rule, dialect) ?? []))
}

const uniqueRules = ({ compiledRules = [] }: ObjectIr): readonly UniqueRule[] =>
  compiledRules.flatMap((rule) => (rule.kind === 'unique' ? [rule] : []))

/** Some unique rule is asked, one writer after the other. */
export const needsLocks = (object: ObjectIr): boolean =>
  uniqueRules(object).some((rule) => rule.severity === 'error' && !isIndexable(object, rule))

/** The name of the index that holds a rule, the same in every database; undefined where none can. */
export function ruleIndexName(object: ObjectIr, rule: UniqueRule): string | undefined {
  if (!isIndexable(object, rule)) return undefined
  const hash = createHash('sha256')
    .update(
      JSON.stringify([
        object.table,
        rule.name,
        rule.key,
        rule.isCaseSensitive,
        rule.scope ? meaningOf(rule.scope) : null,
        object.trash !== undefined,
      ]),
    )
    .digest('hex')
    .slice(0, 8)
  const readable = plainName(`${object.table}_${rule.name}`).slice(0, 63 - '_rule_'.length - hash.length)
  return `${readable}_rule_${hash}`
}

/** An index refuses whatever breaks it, for good, in every write. */
function isIndexable(object: ObjectIr, rule: UniqueRule): boolean {
  const plan = tablePlan(object)
  const isAlways = rule.severity === 'error' && rule.applies === undefined && rule.on.includes('create') && rule.on.includes('update')
  const isKept = rule.key.every((name) => {
    const field = Object.hasOwn(plan.fields, name) ? plan.fields[name] : undefined
    return field !== undefined && field.formula === undefined && KEY_KINDS.has(field.kind)
  })
  return isAlways && isKept && !rule.skipsBulk && scopeOf(object, rule, 'sqlite') !== 'none'
}

const DIALECTS = { sqlite: sqliteDialect, postgres: postgresDialect, mysql: mysqlDialect('mariadb') } as const

const tablePlan = (object: ObjectIr): ObjectPlan =>
  ({
    name: object.name,
    label: object.label,
    table: quotedTable(object.table),
    fields: Object.fromEntries(object.fields.filter(isInPlan).map((field) => [field.name, fieldPlan(field, NO_OBJECTS) as FieldPlan])),
  }) as unknown as ObjectPlan

const NO_OBJECTS: ReadonlySet<string> = new Set()

const LIMITS = { maxExpandDepth: 0, maxFilterDepth: 32, maxPageSize: 1, defaultPageSize: 1, maxQueryCost: Number.POSITIVE_INFINITY }

/** The scope as SQL over the columns of the table; undefined for all records, `none` for one that no index can have. */
function scopeOf(object: ObjectIr, { scope }: UniqueRule, dialect: Dialect): string | undefined {
  if (scope === undefined) return undefined
  const printer = DIALECTS[dialect]
  try {
    const bound = bindQuery({ ...EMPTY_QUERY, where: lowerFilter(scope) }, tablePlan(object), {
      operation: 'count',
      loadedPlan: () => undefined,
      limits: LIMITS,
      dialect: printer,
    })
    return isSteady(bound.where) ? printCondition(bare(bound.where), literalList(printer)) : 'none'
  } catch (error) {
    // Such as a way to other records: the rule is asked, not indexed.
    if (error instanceof ObjectQLError) return 'none'
    throw error
  }
}

/** Comparisons of the record's own values with constants, the same today and tomorrow. */
function isSteady(condition: BoundCondition): boolean {
  const isColumn = (of: BoundExpression): boolean => of.kind === 'column' && of.field.formula === undefined
  const isPlain = (of: BoundExpression): boolean => of.kind === 'column' && SCOPE_KINDS.has(of.field.kind) && of.field.formula === undefined
  switch (condition.kind) {
    case 'constant':
      return true
    case 'null':
      return isColumn(condition.of)
    case 'compare':
      return isPlain(condition.left) && condition.right.kind === 'parameter' && condition.right.parameter.constant !== undefined
    case 'in':
      return isPlain(condition.left) && condition.list === undefined && condition.values.every(({ constant }) => constant !== undefined)
    case 'and':
    case 'or':
      return condition.parts.every(isSteady)
    default:
      return false
  }
}

/** Columns of the only table go by their names. */
function bare<Part>(part: Part): Part {
  if (Array.isArray(part)) return part.map(bare) as Part
  if (typeof part !== 'object' || part === null || 'bind' in part) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, key === 'alias' ? '' : key === 'field' ? value : bare(value)]),
  ) as Part
}

function ruleIndex(table: Table, object: ObjectIr, rule: UniqueRule, dialect: Dialect): RuleIndex | undefined {
  const name = ruleIndexName(object, rule)
  if (name === undefined) return undefined
  const { quoteName, call } = DIALECTS[dialect]
  // What a deleted record holds is free again.
  const live = table.deletedAt && `${quoteName(table.deletedAt.name)} is null`
  const scope = [scopeOf(object, rule, dialect), live].filter((part) => part !== undefined).join(' and ')
  const keys = rule.key.map((field) => {
    const column = table.columnByField.get(field)
    const value = quoteName(column?.name ?? field)
    return rule.isCaseSensitive || !isText(object, field) ? value : call('tolower', [value], ['text'])
  })
  const [on, index] = [quoteName(table.name), quoteName(name)]
  if (dialect !== 'mysql') {
    const where = scope === '' ? '' : ` where ${scope}`
    return { rule: rule.name, create: `create unique index ${index} on ${on} (${keys.map(expression).join(', ')})${where}` }
  }
  const column = `_rule_${name.slice(-8)}`
  // Lengths keep ("ab", "c") and ("a", "bc") apart. Without a value in one of them there is no digest.
  const text = keys.map((key) => `char_length(${key}), ':', ${key}`).join(', ')
  const digest = `unhex(sha2(concat(${text}), 256))`
  const value = scope === '' ? digest : `case when ${scope} then ${digest} end`
  return {
    rule: rule.name,
    column: { name: column, type: `binary(32) generated always as (${withoutCollation(value)}) virtual` },
    create: `create unique index ${index} on ${on} (${quoteName(column)})`,
  }
}

/** Names stand as they are, what is computed from them in parentheses. */
const expression = (key: string): string => (key.startsWith('"') ? key : `(${key})`)

/** A digest is made of bytes. */
const withoutCollation = (sql: string): string => sql.replaceAll(/ collate \w+/g, '')

const isText = (object: ObjectIr, name: string): boolean => {
  const field = object.fields.find((candidate: FieldIr) => candidate.name === name)
  return field?.value.kind === 'string' || (field?.value.kind === 'option' && field.value.base === 'string')
}
