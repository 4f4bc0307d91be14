import type { SqlValue } from '../../object/object-plan.ts'
import type { Parameter, ParameterKind } from '../bound.ts'
import { recipeOf } from '../passes/parameters.ts'
import type { Derive, Dialect, Sql } from './dialect.ts'
import { type FinishedSql, finish, markOf } from './mark.ts'

/** The parameters of one statement while it is put together, and what its names mean. */
export interface ParameterList {
  readonly dialect: Dialect
  /** A parameter as it stands in the text: one mark for all with the same key. */
  print(parameter: Parameter): Sql
  /** A value that comes with each call, which no request has a slot for. */
  extra(kind: ParameterKind): Sql
  /** The column of a group or aggregate. */
  aliasOf(name: string): Sql
  /** Says what a name of a grouping stands for. */
  nameAlias(name: string, sql: Sql): void
  isExtra(parameter: Parameter): boolean
  readonly derive: Derive
  finish(sql: Sql): FinishedSql
}

export function parameterList(dialect: Dialect): ParameterList {
  const parameters: Parameter[] = []
  const indexByKey = new Map<string, number>()
  /** What `print` gave → which parameter it stands for, typed or not. */
  const indexBySql = new Map<Sql, number>()
  const sqlByAlias = new Map<string, Sql>()

  function print(parameter: Parameter): Sql {
    const key = `${parameter.kind}:${parameter.key}`
    let index = indexByKey.get(key)
    if (index === undefined) {
      index = parameters.push(parameter) - 1
      indexByKey.set(key, index)
    }
    const sql = dialect.typed(markOf(index), parameter.kind)
    indexBySql.set(sql, index)
    indexBySql.set(markOf(index), index)
    return sql
  }

  return {
    dialect,
    print,
    extra(kind) {
      const index = parameters.push({ kind, bind: refuse, key: `extra:${parameters.length}` }) - 1
      return dialect.typed(markOf(index), kind)
    },
    aliasOf(name) {
      const sql = sqlByAlias.get(name)
      if (sql === undefined) throw new Error(`No group and no aggregate is named "${name}".`)
      return sql
    },
    nameAlias(name, sql) {
      sqlByAlias.set(name, sql)
    },
    isExtra: (parameter) => parameter.bind === refuse,
    derive(of, name, kind, transform) {
      const source = parameters[indexBySql.get(of) ?? -1]
      return source && print(derived(source, name, kind, transform))
    },
    finish: (sql) => finish(sql, parameters, dialect),
  }
}

export function derived(source: Parameter, name: string, kind: ParameterKind, transform: (value: SqlValue) => SqlValue): Parameter {
  const parameter: Parameter = {
    kind,
    bind(values, context) {
      const value = source.bind(values, context)
      return value === null ? null : transform(value)
    },
    key: `${name}(${source.kind}:${source.key})`,
    ...(source.recipe || source.constant !== undefined ? { recipe: { op: 'derived', name, of: recipeOf(source) } } : {}),
  }
  return source.constant === undefined ? parameter : { ...parameter, constant: transform(source.constant) }
}

/** Extras are no part of a request's values: whoever runs the statement puts them behind. */
const refuse = (): never => {
  throw new Error('A value that comes with the call was bound as one of the request.')
}
