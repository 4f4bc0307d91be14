import { inOrder } from '../database/maybe.ts'
import { type Maybe, type Session, type SqlFailure, whenReady } from '../database/session.ts'
import { failureOf } from '../database/sql-error.ts'
import type { Issue } from '../problem/issue.ts'
import { ObjectQLError, validationError } from '../problem/problem.ts'
import { tableOf } from '../query/print/names-of.ts'
import { escapeToken } from '../validate/add-issue.ts'
import { ownValue } from '../validate/plain-object.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'

/** What is known of the record of a failed write. */
export interface Refused {
  /** As it would be; read where something has to be told of it. Default: the input. */
  readonly record?: (() => Maybe<RawRecord>) | undefined
  /** Where plans of related records are. */
  readonly home?: import('../related/related-statement.ts').RelatedHome | undefined
}

/**
 * What a failed write means to the caller: which value is taken, which reference leads nowhere, which value does not fit. Any other
 * error comes back as it is. `at` is where the input stands in the request. Call it when the failed statement is undone: it may ask
 * the database.
 */
export function constraintError(
  error: unknown,
  plan: ObjectPlan,
  input: RawRecord,
  session: Session,
  at: string,
  { record = () => input, home }: Refused = {},
): Maybe<unknown> {
  const failure = failureOf(error)
  switch (failure?.kind) {
    case 'unique':
      return brokenRuleError(failure, plan, record, at, { session, home }) ?? duplicateError(failure, plan, at)
    case 'reference':
      return danglingError(plan, input, session, at)
    case 'value':
      return valueError(failure, plan, input, at) ?? error
    default:
      return error
  }
}

/** A unique rule that an index holds is broken as any other rule is. */
function brokenRuleError(
  failure: SqlFailure,
  plan: ObjectPlan,
  record: NonNullable<Refused['record']>,
  at: string,
  asked: { readonly session: Session; readonly home: Refused['home'] },
): Maybe<ObjectQLError> | undefined {
  const { rules } = plan
  const unique = rules?.plan.unique?.filter(({ index }) => index !== undefined) ?? []
  if (!rules || unique.length === 0) return undefined
  const { constraint, columns } = failure
  const name = constraint?.slice(constraint.lastIndexOf('.') + 1)
  // SQLite names the columns of an index, unless it is one over expressions; a unique field is told as such.
  const fields = columns && columns.length > 0 ? fieldsOf(plan, columns) : undefined
  const isKey = fields !== undefined && plan.uniqueKeys.some((key) => isSameSet(key, fields))
  const broken = unique.find(({ index, key }) => (name === undefined ? !isKey && fields && isSameSet(key, fields) : index === name))
  if (!broken) return undefined
  return whenReady(record(), (refused) =>
    whenReady(rules.indexedIssue(broken, refused, at, asked), (issue) => {
      const problem = validationError([issue])
      problem.cause = failure.cause
      return problem
    }),
  )
}

const isSameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((name) => b.includes(name))

function duplicateError(failure: SqlFailure, plan: ObjectPlan, at: string): ObjectQLError {
  const fields = takenFields(failure, plan)
  const named = fields.length === 0 ? 'a unique key' : fields.map((field) => `"${field}"`).join(' and ')
  const text = `Another ${plan.label} has the same value in ${named}.`
  const problem = new ObjectQLError(
    409,
    'CONFLICT',
    text,
    fields.map((field): Issue => ({ pointer: `${at}/${escapeToken(field)}`, code: 'duplicate', message: text })),
  )
  problem.cause = failure.cause
  return problem
}

/** The name as it is. */
const PLAIN = { quoteName: (name: string): string => name }

/** By the columns the database names, else by the name of its index, which holds those of the table and the columns. */
function takenFields({ columns, constraint }: SqlFailure, plan: ObjectPlan): readonly string[] {
  if (columns && columns.length > 0) return fieldsOf(plan, columns)
  if (constraint === undefined) return []
  const name = constraint.slice(constraint.lastIndexOf('.') + 1).toLowerCase()
  const table = tableOf(plan, PLAIN)
  if (name === 'primary' || name === `${table}_pkey`.toLowerCase()) return ['id']
  const columnOf = (field: string): string => plan.fields[field]?.column ?? field
  const key = plan.uniqueKeys.find((fields) => name === `${table}_${fields.map(columnOf).join('_')}_key`.toLowerCase())
  return key ?? []
}

function fieldsOf(plan: ObjectPlan, columns: readonly string[]): readonly string[] {
  const fieldByColumn = new Map(Object.entries(plan.fields).map(([name, field]) => [field.column ?? name, name]))
  return columns.flatMap((column) => fieldByColumn.get(column) ?? [])
}

/** Only on the failing path: which of the references in the input has no record. */
function danglingError(plan: ObjectPlan, input: RawRecord, session: Session, at: string): Maybe<ObjectQLError> {
  const { dialect } = session
  const references = Object.entries(plan.references).filter(([field]) => typeof ownValue(input, field) === 'string')
  const found = inOrder(references, ([field, table]) => {
    const id = ownValue(input, field) as string
    const mark = dialect.typed(dialect.placeholders === 'numbered' ? '$1' : '?', 'text')
    const sql = `select 1 from ${tableOf({ table }, dialect)} where ${dialect.quoteName('id')} = ${mark}`
    return whenReady(session.row({ sql, kinds: ['text'], isRead: true }, [id]), (row): Issue | undefined =>
      row
        ? undefined
        : {
            pointer: `${at}/${escapeToken(field)}`,
            code: 'reference',
            message: `"${field}" refers to a record that does not exist: "${id.slice(0, 64)}".`,
          },
    )
  })
  return whenReady(found, (all) => {
    const issues = all.filter((issue) => issue !== undefined)
    return issues.length > 0
      ? validationError(issues)
      : new ObjectQLError(409, 'CONFLICT', 'The change would leave a reference to a record that does not exist.')
  })
}

/** Where the database names no column, text with U+0000, which PostgreSQL cannot store, is told by looking. */
function valueError(failure: SqlFailure, plan: ObjectPlan, input: RawRecord, at: string): ObjectQLError | undefined {
  const named = fieldsOf(plan, failure.columns ?? [])
  const fields = named.length > 0 ? named : Object.keys(plan.fields).filter((name) => holdsNul(ownValue(input, name)))
  if (fields.length === 0) return undefined
  const problem = validationError(
    fields.map((field) => ({
      pointer: `${at}/${escapeToken(field)}`,
      code: 'format',
      message: `The value of "${field}" cannot be stored: it is out of range, too long, or holds U+0000.`,
    })),
  )
  problem.cause = failure.cause
  return problem
}

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, item]) => key.includes('\0') || holdsNul(item))
}

/** A record that cannot go because others refer to it: `restrict` and plain references say it differently. */
export const isInUse = (error: unknown): boolean => {
  const kind = failureOf(error)?.kind
  return kind === 'in-use' || kind === 'reference'
}

export const inUseError = (plan: ObjectPlan): ObjectQLError =>
  new ObjectQLError(409, 'CONFLICT', `This ${plan.label} cannot be deleted because other records refer to it.`)
