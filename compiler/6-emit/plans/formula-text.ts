import type { FieldPlan, ObjectPlan } from '../../../runtime-lite/object/object-plan.ts'
import type { Expression } from '../../../runtime-lite/query/ast.ts'
import { bindCondition } from '../../../runtime-lite/query/bind/bind-condition.ts'
import { bindExpression } from '../../../runtime-lite/query/bind/bind-expression.ts'
import { type BindScope, createCostMeter } from '../../../runtime-lite/query/bind/bind-scope.ts'
import type { Dialect } from '../../../runtime-lite/query/print/dialect.ts'
import { mysqlDialect } from '../../../runtime-lite/query/print/mysql.ts'
import { postgresDialect } from '../../../runtime-lite/query/print/postgres.ts'
import { printExpression } from '../../../runtime-lite/query/print/print-condition.ts'
import { jsonOfFields } from '../../../runtime-lite/query/print/print-record.ts'
import { sqliteDialect } from '../../../runtime-lite/query/print/sqlite.ts'
import type { ObjectIr } from '../../ir/object.ts'
import type { FormulaTexts } from '../target.ts'
import { fieldPlan } from './field-plan.ts'
import { literalList } from './literal-list.ts'
import { deletedColumn, isInPlan, quotedTable } from './plan-constants.ts'

type Objects = Pick<ReadonlyMap<string, ObjectIr>, 'get'>

/** The formulas of an object as SQL over its own table, for statements that know one record and no request. */
export function formulaTexts(object: ObjectIr, objectByName: Objects): FormulaTexts {
  const plans = planLookup(objectByName)
  const plan = plans(object.name)
  if (!plan) throw new Error(`There is no object "${object.name}".`)
  const records = (dialect: Dialect): string => jsonOfFields(plan, dialect, (field) => formulaText(plan, field, dialect, plans))
  return {
    text: (field) => formulaText(plan, field, sqliteDialect, plans),
    records: () => ({
      postgres: records(postgresDialect),
      mysql: records(mysqlDialect('mysql')),
      mariadb: records(mysqlDialect('mariadb')),
    }),
  }
}

/** Fields and tables of the objects, which is all that binding an expression looks at. */
function planLookup(objectByName: Objects): (name: string) => ObjectPlan | undefined {
  const known = new Map<string, ObjectPlan>()
  const objectNames = { has: (name: string) => objectByName.get(name) !== undefined }
  return (name) => {
    const object = objectByName.get(name)
    if (!object) return undefined
    const plan =
      known.get(name) ??
      ({
        name,
        label: object.label,
        table: quotedTable(object.table),
        // Records in the trash are not there for lookups, as in queries.
        ...(object.trash ? { trash: { column: deletedColumn(object) } } : {}),
        fields: Object.fromEntries(object.fields.filter(isInPlan).map((field) => [field.name, fieldPlan(field, objectNames) as FieldPlan])),
      } as unknown as ObjectPlan)
    known.set(name, plan)
    return plan
  }
}

function formulaText(plan: ObjectPlan, field: string, dialect: Dialect, plans: (name: string) => ObjectPlan | undefined): string {
  let related = 0
  const scopeAt = (alias: string): BindScope => ({
    plan,
    alias,
    isFormula: true,
    shared: {
      dialect,
      loadedPlan: plans,
      limits: { maxExpandDepth: 0, maxFilterDepth: MAX_DEPTH, maxPageSize: 1, defaultPageSize: 1 },
      cost: createCostMeter(),
      nextAlias: () => `t${++related}`,
      bind: { expression: bindExpression, condition: bindCondition },
      values: { count: () => undefined, check: () => undefined },
    },
  })
  const path: Expression = { kind: 'field', path: [field] }
  const print = (alias: string): string =>
    printExpression(bindExpression(path, scopeAt(alias), 'INVALID_FIELD', field).expression, literalList(dialect))
  const plain = print('')
  // Beside other tables, columns of this one go by its name.
  return related === 0 ? plain : print(dialect.quoteName(plan.table.slice(1, -1).replaceAll('""', '"')))
}

const MAX_DEPTH = 1_000
