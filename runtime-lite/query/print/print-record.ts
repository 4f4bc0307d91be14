import type { ObjectPlan } from '../../object/object-plan.ts'
import type { BoundCondition, BoundExpression, BoundMember, BoundRelation } from '../bound.ts'
import type { Dialect, Sql } from './dialect.ts'
import { andLive, type TablePlan, tableOf } from './names-of.ts'
import type { ParameterList } from './parameter-list.ts'
import { printExpression, printSort, relatedSelect } from './print-condition.ts'
import { fieldOf, fieldValueKind, valueKindOf } from './value-kind.ts'

const jsonByDialect = new WeakMap<Dialect, WeakMap<TablePlan, Sql>>()

/**
 * JSON of a whole record: an expression over unqualified columns, to stand in a select or a RETURNING clause over the table alone.
 * Text once it leaves the database (`jsonText`).
 */
export function printRecord(plan: TablePlan, dialect: Dialect): Sql {
  // The constant of the plan is SQLite's.
  if (dialect.name === 'sqlite') return plan.json
  const ahead = plan.records?.[dialect.name === 'mysql' && dialect.hasReturning.insert ? 'mariadb' : dialect.name]
  if (ahead !== undefined) return ahead
  let jsonByPlan = jsonByDialect.get(dialect)
  if (!jsonByPlan) {
    jsonByPlan = new WeakMap()
    jsonByDialect.set(dialect, jsonByPlan)
  }
  const json = jsonByPlan.get(plan) ?? jsonOfFields(plan, dialect)
  jsonByPlan.set(plan, json)
  return json
}

/** The same, printed anew: for plans that do not have it yet. `formulaOf`: a formula as SQL over the columns; left out without it. */
export const jsonOfFields = ({ fields }: Pick<ObjectPlan, 'fields'>, dialect: Dialect, formulaOf?: (field: string) => Sql): Sql =>
  dialect.jsonObject(
    Object.entries(fields)
      .filter(([, field]) => !field.isWriteOnly && (!field.formula || formulaOf))
      .map(([name, field]) => [
        name,
        field.formula && formulaOf
          ? dialect.jsonOf(formulaOf(name), fieldValueKind(field))
          : dialect.jsonValue(dialect.quoteName(field.column ?? name), field),
      ]),
  )

/** JSON of a record as a query wants it. `undefined`: the whole one, over unqualified columns. */
export function printMembers(plan: TablePlan, members: readonly BoundMember[] | undefined, list: ParameterList): Sql {
  if (!members) return printRecord(plan, list.dialect)
  return list.dialect.jsonObject(members.map((member) => [member.key, printMember(member, list)] as const))
}

const EVERY: BoundCondition = { kind: 'constant', holds: true }

function printMember(member: BoundMember, list: ParameterList): Sql {
  const { dialect } = list
  if (member.kind === 'value') return printJson(member.of, printExpression(member.of, list), dialect)
  const { relation, record } = member
  const json = (): Sql => printMembers(relation.target, record, list)
  const outer = `${relation.outerAlias}.${dialect.quoteName(relation.from)}`
  switch (member.kind) {
    case 'one':
      return dialect.jsonOne(json(), relatedSelect(relation, EVERY, list), outer)
    case 'listed':
      return dialect.jsonListed(outer, `${relation.alias}i`, (id) => printById(relation, json(), id, dialect))
    case 'many': {
      const rows = relatedSelect(relation, member.where, list)
      const limit = dialect.limit(list.print(member.limit), member.offset && list.print(member.offset))
      return dialect.jsonArray(json(), { ...rows, orderBy: printSort(member.orderBy, list), limit })
    }
    default:
      return member satisfies never
  }
}

const printById = ({ alias, target, to }: BoundRelation, json: Sql, id: Sql, dialect: Dialect): Sql =>
  `(select ${json} from ${tableOf(target, dialect)} as ${alias} where ${alias}.${dialect.quoteName(to)} = ${id}${andLive(target, dialect, alias)})`

/** An expression as a value of JSON: a column as it stands in a record. */
export function printJson(expression: BoundExpression, sql: Sql, dialect: Dialect): Sql {
  const field = fieldOf(expression)
  return field ? dialect.jsonValue(sql, field) : dialect.jsonOf(sql, valueKindOf(expression))
}
