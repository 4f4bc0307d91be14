import { recovering } from '../database/maybe.ts'
import { type Maybe, type ResultRow, type Session, whenReady } from '../database/session.ts'
import { notFound, type ObjectQLError } from '../problem/problem.ts'
import { constraintError } from './constraint-error.ts'
import type { Database } from './database.ts'
import type { ObjectPlan, RawRecord } from './object-plan.ts'
import type { PlanStatements } from './plan-statements.ts'

/** JSON text of a record and its version. */
export type StoredRecord = readonly [json: string, version: number]

export interface Created {
  readonly id: string
  readonly record: StoredRecord
}

/** What the writes of one object work with. */
export interface WriteContext {
  readonly plan: ObjectPlan
  readonly database: Database
  readonly session: Session
  readonly statements: PlanStatements
  /** The call writes a list or a set of records: rules may leave those out. */
  readonly isBulk?: true
  /** What conditions of hooks look at beyond lookups, read for many records at once. */
  readonly knownRelated?: KnownRelated
  /** Collects what rules say about records of a nested write, to be told with the outermost one. */
  readonly warnings?: RuleWarning[]
  /** Takes what rules say about records of a write that answers with a number. */
  readonly report?: WarningReport | undefined
}

type KnownRelated = import('../related/read-related.ts').KnownRelated
type RuleWarning = import('../problem/rule-warning.ts').RuleWarning
type WarningReport = import('../rules/warning-report.ts').WarningReport

export function writeContext(plan: ObjectPlan, database: Database, session: Session = database.session): WriteContext {
  return { plan, database, session, statements: database.statementsOf(plan) }
}

/** The same in a savepoint, a transaction, or for a related object. */
export const within = (context: WriteContext, session: Session): WriteContext =>
  session === context.session ? context : { ...context, session }

/** PostgreSQL gives a transaction up after any error; in a savepoint a refused write can be caught as elsewhere. */
export const contained = <Result>(session: Session, work: (session: Session) => Maybe<Result>): Maybe<Result> =>
  session.isTransaction && session.dialect.name === 'postgres' ? session.atomically(work) : work(session)

/** Runs a statement that writes `input`; what the database refuses is told in terms of its fields. `record`: see `Refused`. */
export function explained<Result>(
  { plan, session, database }: WriteContext,
  input: RawRecord,
  at: string,
  work: (session: Session) => Maybe<Result>,
  record?: () => Maybe<RawRecord>,
): Maybe<Result> {
  return recovering(
    () => contained(session, work),
    (error) =>
      whenReady(constraintError(error, plan, input, session, at, { record, home: database }), (told): Result => {
        throw told
      }),
  )
}

/** Drivers of servers give 64-bit numbers as text or bigint. */
export const storedRecord = (row: ResultRow): StoredRecord =>
  typeof row[1] === 'number' ? (row as unknown as StoredRecord) : [row[0] as string, Number(row[1])]

export function readRecord({ session, statements }: WriteContext, id: string): Maybe<StoredRecord | undefined> {
  return whenReady(session.row(statements.get, [id]), (row) => row && storedRecord(row))
}

/** The same under a lock until the transaction ends, where the database locks records. */
export function lockedRecord({ session, statements }: WriteContext, id: string): Maybe<StoredRecord | undefined> {
  return whenReady(session.row(statements.getLocked, [id]), (row) => row && storedRecord(row))
}

export const missingRecord = (plan: ObjectPlan, id: string): ObjectQLError => notFound(`No ${plan.label} has the id "${id.slice(0, 64)}".`)
