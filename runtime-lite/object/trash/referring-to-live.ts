import { inOrder } from '../../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../../database/session.ts'
import type { Issue } from '../../problem/issue.ts'
import { validationError } from '../../problem/problem.ts'
import { escapeToken } from '../../validate/add-issue.ts'
import { ownValue } from '../../validate/plain-object.ts'
import type { RawRecord } from '../object-plan.ts'
import { type WriteContext, within } from '../write-context.ts'
import { printHolds, printTargets } from './print-trash.ts'

/**
 * Writes records whose lookups lead to nothing in the trash: what is deleted cannot be referred to anew. `own`: the id of the record that is
 * changed, which may keep what it holds.
 * @throws ObjectQLError 422
 */
export function referringToLive<Result>(
  context: WriteContext,
  inputs: readonly RawRecord[],
  pointerOf: (index: number) => string,
  work: (context: WriteContext) => Maybe<Result>,
  own?: string,
): Maybe<Result> {
  const { trashTargets = {} } = context.plan
  const used = Object.entries(trashTargets).filter(([field]) => inputs.some((input) => typeof ownValue(input, field) === 'string'))
  if (used.length === 0) return work(context)
  const checked = (inner: WriteContext): Maybe<Result> => {
    const found = inOrder(used, ([field, target]) => {
      const ids = [...new Set(inputs.map((input) => ownValue(input, field)).filter((id) => typeof id === 'string'))].sort()
      return whenReady(inner.session.run(printTargets(target, inner.session.dialect), [JSON.stringify(ids)]), ({ rows }) => {
        const trashed = new Set(rows.filter(([, isTrashed]) => Number(isTrashed) === 1).map(([id]) => String(id)))
        return whenReady(withoutHeld(inner, field, trashed, own), (refused) => issuesOf(field, refused, inputs, pointerOf))
      })
    })
    return whenReady(found, (all) => {
      const issues = all.flat()
      if (issues.length > 0) throw validationError(issues)
      return work(inner)
    })
  }
  const { session } = context
  // What is looked at stays as it is until the transaction ends; writers of SQLite exclude each other.
  const isAlone = session.isTransaction || session.dialect.name === 'sqlite'
  return isAlone ? checked(context) : session.atomically((inner: Session) => checked(within(context, inner)))
}

/** A record that refers to a deleted one may be saved as it is. */
function withoutHeld(
  { plan, session }: WriteContext,
  field: string,
  trashed: ReadonlySet<string>,
  own: string | undefined,
): Maybe<ReadonlySet<string>> {
  const [only] = trashed
  if (own === undefined || only === undefined) return trashed
  return whenReady(session.row(printHolds(plan, field, session.dialect), [own, only]), (row) => (row ? new Set<string>() : trashed))
}

const issuesOf = (
  field: string,
  refused: ReadonlySet<string>,
  inputs: readonly RawRecord[],
  pointerOf: (index: number) => string,
): readonly Issue[] =>
  refused.size === 0
    ? []
    : inputs.flatMap((input, index): Issue[] => {
        const id = ownValue(input, field)
        if (typeof id !== 'string' || !refused.has(id)) return []
        const message = `"${field}" refers to a record that does not exist: "${id.slice(0, 64)}".`
        return [{ pointer: `${pointerOf(index)}/${escapeToken(field)}`, code: 'reference', message }]
      })
