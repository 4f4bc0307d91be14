import { inOrder } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { counterStatements } from '../object/autonumber/counter-statements.ts'
import { type ListStatement, listValues } from '../object/id-list.ts'
import type { ObjectPlan, RawRecord } from '../object/object-plan.ts'
import type { WriteContext } from '../object/write-context.ts'
import { askedStatement, rowLock } from './asked-statements.ts'
import { isChanged } from './is-changed.ts'
import type { Findings, RelatedRulePlan, RulesPlan, UniqueRulePlan } from './rules-plan.ts'
import { userValues } from './user-values.ts'

/** A record of a write. */
export interface AskedRecord {
  readonly id: string
  /** As it is once it is written; before a delete, as it was. */
  readonly record: () => RawRecord
  /** Empty on create. */
  readonly previous: RawRecord
  readonly findings: Findings
  /** It is there already and gets other values. */
  readonly isChange?: true
}

type Operation = 'create' | 'update' | 'delete'
export type AskedRulePlan = UniqueRulePlan | RelatedRulePlan

const NONE: readonly AskedRulePlan[] = []

/** The rules that the database is asked about in a write. `isChanged` says which fields an update has; undefined: all. */
export function askedRules(
  { unique, related }: RulesPlan,
  operation: Operation,
  { isBulk, isChanged }: { readonly isBulk?: boolean; readonly isChanged?: (field: string) => boolean } = {},
): readonly AskedRulePlan[] {
  if (!unique && !related) return NONE
  return [...(unique ?? []).filter(({ index }) => index === undefined), ...(related ?? [])].filter(
    ({ on, reads, skipsBulk }) =>
      (on?.includes(operation) ?? operation !== 'delete') &&
      !(isBulk && skipsBulk) &&
      (operation !== 'update' || !isChanged || reads.some(isChanged)),
  )
}

/**
 * Takes the locks that rules need before a write: of each unique one that no index holds, so that one writer after the other looks at the
 * records; of the records themselves, so that nobody begins to refer to them unseen. `ids` are those of records that are changed.
 * @throws MissingPlan when the plan of an object that is asked is not loaded; then nothing was done.
 */
export function lockForRules(context: WriteContext, asked: readonly AskedRulePlan[], ids: readonly string[]): Maybe<unknown> {
  const { plan, session } = context
  // A plan that is missing has to be missed before anything is done.
  for (const rule of asked) askedStatement(plan, rule, context.database)
  if (session.dialect.forUpdate === '') return undefined
  const scopes = asked.flatMap((rule) =>
    'expects' in rule || rule.rule.severity !== 'error' ? [] : [`rule:${plan.name}.${rule.rule.name}`],
  )
  const names = [...new Set(scopes)].sort()
  const taken = names.length === 0 ? undefined : lockScopes(names)
  return whenReady(taken, () => (asked.some(isAboutReferring) && ids.length > 0 ? lockRows() : undefined))

  function lockScopes(sorted: readonly string[]): Maybe<unknown> {
    return session.run(
      counterStatements(session.dialect).take(sorted.length),
      sorted.flatMap((name) => [name, 1]),
    )
  }

  function lockRows(): Maybe<unknown> {
    const statement = rowLockOf(plan)
    return session.run(statement, listValues(statement, ids))
  }

  function rowLockOf(of: ObjectPlan): ListStatement {
    const known = rowLocks.get(of) ?? new Map<string, ListStatement>()
    rowLocks.set(of, known)
    const statement = known.get(session.dialect.name) ?? rowLock(of, session.dialect)
    known.set(session.dialect.name, statement)
    return statement
  }
}

const rowLocks = new WeakMap<ObjectPlan, Map<string, ListStatement>>()

const isAboutReferring = (rule: AskedRulePlan): boolean => 'expects' in rule && rule.expects === 'none'

/**
 * Asks the database about records that were just written, or are about to be deleted, in the same transaction: one statement for each rule,
 * however many records there are. What is broken is added to their findings.
 */
export function askRules(context: WriteContext, asked: readonly AskedRulePlan[], records: readonly AskedRecord[]): Maybe<unknown> {
  return inOrder(asked, (planned) => {
    const rule = forAsker(planned, records)
    if (!rule) return undefined
    const meant = isConditional(rule) ? records.filter((one) => isAbout(rule, one)) : records
    if (meant.length === 0) return undefined
    const statement = askedStatement(context.plan, rule, context.database)
    const values = listValues(
      statement,
      meant.map(({ id }) => id),
      'userFields' in rule ? userValues(meant[0]?.findings.user ?? null, rule.userFields ?? {}) : undefined,
    )
    return whenReady(context.session.run(statement, values), ({ rows }): undefined => {
      const found = new Set(rows.map(([id]) => String(id)))
      for (const one of meant) if (isBroken(rule, statement.finds, found.has(one.id), one)) one.findings.add(rule.rule)
    })
  })
}

const ofSystem = new WeakMap<RelatedRulePlan, RelatedRulePlan>()

/** What is said about whoever asks holds where somebody does, or nobody is known to. Undefined: the rule says nothing else. All records of a write have one asker. */
function forAsker(rule: AskedRulePlan, [first]: readonly AskedRecord[]): AskedRulePlan | undefined {
  if (!('expects' in rule) || !rule.ofUser || !first?.findings.isSystem) return rule
  if (!rule.filter) return undefined
  const { ofUser: _ofUser, userFields: _userFields, ...rest } = rule
  const known = ofSystem.get(rule) ?? rest
  ofSystem.set(rule, known)
  return known
}

/** Whether it is about a record depends on more than what is written. */
export const isConditional = ({ applies, fields }: AskedRulePlan): boolean => applies !== undefined || fields !== undefined

const isAbout = ({ applies, fields }: AskedRulePlan, { record, previous, findings, isChange }: AskedRecord): boolean =>
  !(isChange && fields && !isChanged(record(), previous, ...fields)) && (applies?.(record(), previous, findings) ?? true)

/** A record that refers to nothing keeps every rule about what it refers to. */
const isBroken = (rule: AskedRulePlan, finds: 'kept' | 'broken', isFound: boolean, { record }: AskedRecord): boolean =>
  finds === 'broken' ? isFound : !isFound && 'matches' in rule && (record()[rule.matches] ?? null) !== null
