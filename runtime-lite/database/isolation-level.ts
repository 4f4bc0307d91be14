import { ObjectQLError } from '../problem/problem.ts'
import type { TransactionOptions } from './session.ts'

/** Never what a caller wrote: it becomes a part of a statement. */
const LEVELS: Readonly<Record<string, NonNullable<TransactionOptions['isolation']>>> = {
  'read committed': 'read committed',
  'repeatable read': 'repeatable read',
  serializable: 'serializable',
}

/** The isolation level as SQL has it; undefined for that of the database. @throws ObjectQLError 400 for anything else. */
export function isolationLevel(given: unknown): TransactionOptions['isolation'] {
  if (given === undefined) return undefined
  const level = typeof given === 'string' && Object.hasOwn(LEVELS, given) ? LEVELS[given] : undefined
  if (level) return level
  throw new ObjectQLError(
    400,
    'INVALID_REQUEST',
    `"${String(given).slice(0, 64)}" is no isolation level. Use ${Object.keys(LEVELS)
      .map((name) => `"${name}"`)
      .join(', ')}.`,
  )
}
