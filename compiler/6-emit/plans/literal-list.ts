import type { SqlValue } from '../../../runtime-lite/object/object-plan.ts'
import type { Parameter } from '../../../runtime-lite/query/bound.ts'
import type { Dialect, Sql } from '../../../runtime-lite/query/print/dialect.ts'
import { derived, type ParameterList } from '../../../runtime-lite/query/print/parameter-list.ts'

/** Values of a schema as literals: what its author wrote stands in the statement, and the time is that of the database. */
export function literalList(dialect: Dialect): ParameterList {
  const parameterBySql = new Map<Sql, Parameter>()
  const print = (parameter: Parameter): Sql => {
    const sql = literalOf(parameter, dialect)
    parameterBySql.set(sql, parameter)
    return sql
  }
  return {
    dialect,
    print,
    extra: refuse,
    aliasOf: refuse,
    nameAlias: refuse,
    isExtra: () => false,
    derive(of, name, kind, transform) {
      const source = parameterBySql.get(of)
      return source && print(derived(source, name, kind, transform))
    },
    finish: refuse,
  }
}

function literalOf({ kind, constant, key }: Parameter, dialect: Dialect): Sql {
  if (key === 'now') return dialect.call('now', [], [])
  switch (typeof constant) {
    case 'number':
    case 'bigint':
      if (kind === 'boolean') return dialect.bool(Number(constant) === 1)
      return dialect.typed(constant < 0 ? `(${constant})` : String(constant), kind)
    case 'string':
      return dialect.typed(dialect.quoteText(constant), kind)
    default:
      return bytesOf(constant)
  }
}

function bytesOf(value: SqlValue | undefined): Sql {
  if (!(value instanceof Uint8Array)) throw new Error('A formula holds a value that is only known when a request comes.')
  return `x'${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}'`
}

const refuse = (): never => {
  throw new Error('A formula stands in no statement of its own.')
}
