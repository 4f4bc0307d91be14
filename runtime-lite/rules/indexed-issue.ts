import { type Maybe, type Session, whenReady } from '../database/session.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { Issue } from '../problem/issue.ts'
import { readRelated } from '../related/read-related.ts'
import type { RelatedHome } from '../related/related-statement.ts'
import { ruleIssue } from './findings.ts'
import type { UniqueRulePlan } from './rules-plan.ts'

/** What a unique rule that an index holds says of the record that was refused. Without `home` it shows no related records. */
export function indexedIssue(
  { rule, shown }: UniqueRulePlan,
  record: RawRecord,
  at: string,
  { session, home }: { readonly session: Session; readonly home: RelatedHome | undefined },
): Maybe<Issue> {
  if (!shown || !home) return ruleIssue(rule, record, at)
  return whenReady(readRelated(shown, [record], { session, home }), (of) => ruleIssue(rule, record, at, of(record)))
}
