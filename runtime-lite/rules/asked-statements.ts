import type { Database } from '../object/database.ts'
import { isListed, type ListStatement, listStatement } from '../object/id-list.ts'
import type { ObjectPlan } from '../object/object-plan.ts'
import type { SqlValue } from '../object/sql-value.ts'
import { loaded } from '../object/summary/rollup.ts'
import type { Condition } from '../query/ast.ts'
import { bindQuery } from '../query/bind/bind-query.ts'
import type { BoundExpression } from '../query/bound.ts'
import { EMPTY_QUERY } from '../query/empty-query.ts'
import type { Dialect, Sql } from '../query/print/dialect.ts'
import { andLive, columnOf, fieldPlanOf, tableOf } from '../query/print/names-of.ts'
import type { ParameterList } from '../query/print/parameter-list.ts'
import { whereText } from '../query/print/print-condition.ts'
import { fieldValueKind } from '../query/print/value-kind.ts'
import type { RelatedRulePlan, UniqueRulePlan, UserFieldKind } from './rules-plan.ts'

/** Ids of written records → ids of those that keep a rule, or of those that break it. */
export interface AskedStatement extends ListStatement {
  readonly finds: 'kept' | 'broken'
}

type Home = Pick<Database, 'dialect' | 'limits' | 'loadedPlan'>
type AskedRulePlan = UniqueRulePlan | RelatedRulePlan

const statementsByLoader = new WeakMap<Database['loadedPlan'], WeakMap<AskedRulePlan, AskedStatement>>()

/**
 * The question of a rule, printed once for each database.
 * @throws MissingPlan when the plan of the object that is asked is not loaded.
 */
export function askedStatement(plan: ObjectPlan, rule: AskedRulePlan, home: Home): AskedStatement {
  const known = statementsByLoader.get(home.loadedPlan) ?? new WeakMap<AskedRulePlan, AskedStatement>()
  statementsByLoader.set(home.loadedPlan, known)
  const statement = known.get(rule) ?? ('expects' in rule ? relatedStatement(plan, rule, home) : uniqueStatement(plan, rule, home))
  known.set(rule, statement)
  return statement
}

/** Locks the records until the transaction ends, against those that begin to refer to them, too. Ids → nothing. */
export const rowLock = (plan: ObjectPlan, dialect: Dialect): ListStatement =>
  listStatement(dialect, false, (list) => {
    const id = dialect.quoteName(columnOf(plan, 'id'))
    return `select ${id} from ${tableOf(plan, dialect)} where ${isListed(id, list)} order by ${id}${dialect.forUpdate}`
  })

const OWN = 'r0'
const OTHER = 't0'

const column = (plan: ObjectPlan, alias: string, field: string, { quoteName }: Dialect): Sql =>
  `${alias}.${quoteName(columnOf(plan, field))}`

/** Values of the written record go by this before their name. */
const RECORD = '$record.'

/** Values of whoever asks go by this before their name. */
const USER = '$user.'

/** The filter over `of`, and over the written record where it names its values. Undefined: all records. */
function boundFilter(
  of: ObjectPlan,
  own: ObjectPlan,
  where: Condition | undefined,
  { dialect, limits, loadedPlan }: Home,
  userFields: RelatedRulePlan['userFields'] = {},
) {
  if (!where) return undefined
  const ownFields = Object.entries(own.fields).flatMap(([name, field]) =>
    field.formula ? [] : [[RECORD + name, { ...field, column: field.column ?? name }] as const],
  )
  const ofUser = Object.entries(userFields).map(([name, kind]) => [USER + name, { kind }] as const)
  const plan = { ...of, fields: { ...of.fields, ...Object.fromEntries(ownFields), ...Object.fromEntries(ofUser) } }
  // What a schema says about itself is not bounded by what clients may ask for.
  const bound = bindQuery({ ...EMPTY_QUERY, where }, plan, {
    operation: 'count',
    loadedPlan,
    limits: { ...limits, maxQueryCost: Number.POSITIVE_INFINITY },
    dialect,
  })
  const values = new Map(ofUser.map(([name, { kind }], index) => [name, userValue(name, kind, index + 1)]))
  return inPlace(bound.where, values)
}

/** A value of whoever asks: null where they have none, which counts as it does in columns. */
const userValue = (key: string, kind: UserFieldKind, slot: number): BoundExpression => ({
  kind: 'parameter',
  parameter: { kind, key, bind: (values) => values[slot] as SqlValue },
  value: fieldValueKind({ kind }),
  isNullable: true,
})

/** Columns of the written record stand under their own alias, and values in the place of those of the user. */
function inPlace<Part>(part: Part, values: ReadonlyMap<string, BoundExpression>): Part {
  if (Array.isArray(part)) return part.map((one) => inPlace(one, values)) as Part
  if (typeof part !== 'object' || part === null || !('kind' in part) || 'bind' in part) return part
  if (part.kind === 'column' && 'name' in part) {
    const value = values.get(String(part.name))
    if (value) return value as Part
    if (String(part.name).startsWith(RECORD)) return { ...part, alias: OWN }
  }
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, PLANS.has(key) ? value : inPlace(value, values)])) as Part
}

const PLANS: ReadonlySet<string> = new Set(['target', 'plan', 'field'])

function relatedStatement(plan: ObjectPlan, rule: RelatedRulePlan, home: Home): AskedStatement {
  const { dialect } = home
  const other = loaded(rule.object, home)
  const parts = [rule.filter, rule.ofUser].flatMap((part) => part ?? [])
  const filter = boundFilter(other, plan, parts.length > 1 ? { kind: 'and', parts } : parts[0], home, rule.userFields)
  const isList = fieldPlanOf(plan, rule.matches)?.kind === 'list'
  const matches = column(plan, OWN, rule.matches, dialect)
  const same = `${column(other, OTHER, rule.field, dialect)} = ${isList ? 'i0.value' : matches}`
  const table = `${tableOf(other, dialect)} as ${OTHER}`
  const id = column(plan, OWN, 'id', dialect)
  const from = `select ${id} from ${tableOf(plan, dialect)} as ${OWN}`
  const live = andLive(other, dialect, OTHER)
  const found = (list: ParameterList): Sql => whereText([same, filter], list) + live
  if (rule.expects === 'none' || isList) {
    const broken = (list: ParameterList): Sql => {
      const exists = `exists (select 1 from ${table} where ${found(list)}${dialect.name === 'mysql' ? SHARED : ''})`
      if (!isList) return exists
      const wrong = rule.expects === 'none' ? exists : `not ${exists}`
      return `exists (select 1 from ${dialect.eachItem(matches, 'i0')} where ${wrong})`
    }
    return { finds: 'broken', ...listStatement(dialect, true, (list) => `${from} where ${isListed(id, list)} and ${broken(list)}`) }
  }
  // A join would lock what refers to the same records as well, and writers of those would wait for each other in a circle.
  if (dialect.name === 'mysql') {
    const kept = (list: ParameterList): Sql => `exists (select 1 from ${table} where ${found(list)}${SHARED})`
    return { finds: 'kept', ...listStatement(dialect, false, (list) => `${from} where ${isListed(id, list)} and ${kept(list)}`) }
  }
  const lock = dialect.name === 'postgres' ? ` for share of ${OTHER}` : ''
  return {
    finds: 'kept',
    ...listStatement(
      dialect,
      lock === '',
      (list) => `${from} join ${table} on ${same} where ${whereText([isListed(id, list), filter], list)}${live}${lock}`,
    ),
  }
}

/** MySQL reads what was committed when the transaction began, unless it locks what it reads. */
const SHARED = ' lock in share mode'

function uniqueStatement(plan: ObjectPlan, rule: UniqueRulePlan, home: Home): AskedStatement {
  const { dialect } = home
  const scope = boundFilter(plan, plan, rule.scope, home)
  const ownScope = scope && onAlias(scope, OWN)
  const [id, otherId] = [column(plan, OWN, 'id', dialect), column(plan, OTHER, 'id', dialect)]
  const sides = rule.key.map((field) =>
    [OTHER, OWN].map((alias) => {
      const value = column(plan, alias, field, dialect)
      return rule.isCaseInsensitive && isText(plan, field) ? dialect.call('tolower', [value], ['text']) : value
    }),
  )
  const table = tableOf(plan, dialect)
  return {
    finds: 'broken',
    ...listStatement(dialect, true, (list) => {
      const same = whereText([...sides.map((pair) => pair.join(' = ')), `${otherId} <> ${id}`, scope], list) + andLive(plan, dialect, OTHER)
      const exists = `exists (select 1 from ${table} as ${OTHER} where ${same}${dialect.name === 'mysql' ? SHARED : ''})`
      return `select ${id} from ${table} as ${OWN} where ${whereText([isListed(id, list), ownScope, exists], list)}`
    }),
  }
}

const isText = (plan: ObjectPlan, field: string): boolean => {
  const kind = fieldPlanOf(plan, field)?.kind
  return kind === 'text' || kind === 'option'
}

/** The same condition over another alias of the table. */
function onAlias<Part>(part: Part, alias: string): Part {
  if (Array.isArray(part)) return part.map((one) => onAlias(one, alias)) as Part
  if (typeof part !== 'object' || part === null || 'bind' in part) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      if (PLANS.has(key)) return [key, value]
      return [key, (key === 'alias' || key === 'outerAlias') && value === OTHER ? alias : onAlias(value, alias)]
    }),
  ) as Part
}
