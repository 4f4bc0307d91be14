import type { PlannedQuery } from '../planned-query.ts'
import type { Dialect } from '../print/dialect.ts'
import type { QueryParameters } from './query-parameter.ts'

/** Plans of one query for the databases it was compiled for. */
export interface PlannedByDatabase {
  readonly sqlite?: PlannedQuery
  readonly postgres?: PlannedQuery
  readonly mysql?: PlannedQuery
  readonly mariadb?: PlannedQuery
}

/** A query of a schema: its parameters in the order of their slots, and its plan for each database it was compiled for. */
export interface NamedQuery extends PlannedByDatabase {
  readonly params: QueryParameters
  /** As it stands in the schema: what other databases plan once, when it is first used. */
  readonly document: Readonly<Record<string, unknown>>
}

/** The plan for a database. MariaDB returns what it inserts, MySQL does not. */
export const plannedFor = (
  planned: PlannedByDatabase,
  { name, hasReturning }: Pick<Dialect, 'name' | 'hasReturning'>,
): PlannedQuery | undefined => planned[name === 'mysql' && hasReturning.insert ? 'mariadb' : name]
