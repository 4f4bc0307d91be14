import { currentContext } from '../context/request-context.ts'
import { inOrder } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { WriteContext } from '../object/write-context.ts'
import { askedRules, askRules, lockForRules } from './ask-rules.ts'
import { beyondLookups } from './beyond-lookups.ts'
import { createFindings, refuseBroken } from './findings.ts'
import { chunksOf, recordsOf } from './read-records.ts'
import type { RulesPlan } from './rules-plan.ts'

const NOTHING: RawRecord = Object.freeze({})

/** Brings records back; unique rules that no index holds are asked then, since nobody saw these records while they were gone. */
export function askRestored<Result>(
  plan: RulesPlan,
  context: WriteContext,
  ids: readonly string[],
  write: () => Maybe<Result>,
): Maybe<Result> {
  const asked = askedRules(plan, 'create').filter((rule) => 'key' in rule && rule.rule.severity === 'error')
  if (asked.length === 0) return write()
  const now = isoInstant(Date.now())
  const ask = (chunk: readonly string[]): Maybe<unknown> =>
    whenReady(recordsOf(context, chunk), (found) =>
      whenReady(beyondLookups(context, plan.relatedOnCreate, [...found.values()]), (of) => {
        const records = [...found].map(([id, record]) => {
          const findings = createFindings({ record, at: '', now, context: currentContext(), isBulk: false, related: of(record) })
          return { id, record: () => record, previous: NOTHING, findings }
        })
        return whenReady(askRules(context, asked, records), () => refuseBroken(records.map(({ findings }) => findings)))
      }),
    )
  return whenReady(lockForRules(context, asked, ids), () =>
    whenReady(write(), (result) => whenReady(inOrder(chunksOf(ids), ask), () => result)),
  )
}
