import { DatabaseFailure } from '../database/sql-error.ts'
import { CONSTRAINT_FOREIGNKEY, CONSTRAINT_PRIMARYKEY, CONSTRAINT_TRIGGER, CONSTRAINT_UNIQUE, isSqliteFailure } from './sqlite-error.ts'

/** A violated constraint in the words all databases share; anything else as it is. */
export function sqliteFailure(error: unknown): unknown {
  if (!isSqliteFailure(error)) return error
  switch (error.errcode) {
    case CONSTRAINT_UNIQUE:
    case CONSTRAINT_PRIMARYKEY:
      return new DatabaseFailure({ kind: 'unique', ...placeIn(error.message), cause: error })
    // SQLite says the same for a reference that leads nowhere and for a record that is still referred to: the statement knows.
    case CONSTRAINT_FOREIGNKEY:
      return new DatabaseFailure({ kind: 'reference', cause: error })
    case CONSTRAINT_TRIGGER:
      return new DatabaseFailure({ kind: 'in-use', cause: error })
    case GENERIC:
      return TOO_MUCH.test(error.message) ? new DatabaseFailure({ kind: 'value', cause: error }) : error
    default:
      return error
  }
}

/** SQLite has one code for most errors of statements; these are about values. */
const GENERIC = 1
const TOO_MUCH = /^integer overflow$/

/** `UNIQUE constraint failed: index 'account_name_rule'`, of an index over expressions. */
function placeIn(message: string): { readonly columns: readonly string[] } | { readonly constraint: string } {
  const constraint = /: index '((?:[^']|'')+)'$/.exec(message)?.[1]
  return constraint === undefined ? { columns: columnsIn(message) } : { constraint: constraint.replaceAll("''", "'") }
}

/** `UNIQUE constraint failed: account.email, account.region` */
const columnsIn = (message: string): readonly string[] =>
  (message.split(': ').pop() ?? '').split(', ').map((name) => name.slice(name.lastIndexOf('.') + 1))
