import type { RequestUser } from '../context/request-context.ts'
import type { Condition } from '../query/ast.ts'

type RelatedPlan = import('../related/related-plan.ts').RelatedPlan
type Question = import('../validators/question.ts').Question
type RelatedRecords = import('../related/related-plan.ts').RelatedRecords

/** What a rule says about itself when it is broken. */
export interface Rule {
  readonly name: string
  /** `error_code` of the schema, else the name. */
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  /** What the rule is about; the first is what an issue points at. Empty: the record as a whole. */
  readonly fields: readonly string[]
  /** `{{path}}` stands for values of the record, `{{old_status}}` and `{{new_status}}` for those of a transition. */
  readonly message: string
  /** By locale, where the author gave several. */
  readonly messages?: Readonly<Record<string, string>>
  /** Values for `{{name}}` besides those of the record. */
  readonly params?: Readonly<Record<string, unknown>>
}

/** Collects the rules that are broken by one record. */
export interface Findings {
  /** ISO instant of the operation. */
  readonly now: string
  /** Null where nobody is asking. */
  readonly user: RequestUser | null
  /** The application itself is at work, or nobody said who asks. */
  readonly isSystem: boolean
  /** One of many records of one write: rules that skip those do. */
  readonly isBulk: boolean
  /** What the lookups of the record lead to, by path; before an update, those of the record as it was. */
  readonly related: RelatedRecords
  readonly relatedBefore: RelatedRecords
  /** The update writes one of these fields. */
  writes(...fields: readonly string[]): boolean
  /** Says that the rule is broken. `params` are values for its message; `path` is a JSON pointer into the record, where it is more than a field. */
  add(rule: Rule, params?: Readonly<Record<string, unknown>>, path?: string): void
}

/** When a rule of a plan is looked at. */
export interface PlannedRule {
  readonly rule: Rule
  /** Absent: on create and update. */
  readonly on?: readonly ('create' | 'update' | 'delete')[]
  /** Only for records that meet this. Absent: all. `previous` is an empty record on create. */
  applies?(record: object, previous: object, findings: Findings): boolean
  /** On update only where one of these gets another value. Absent: where the patch has a field of the rule. */
  readonly fields?: readonly string[]
}

/** Which value of a field may follow which. Null stands for no value. */
export interface TransitionPlan extends PlannedRule {
  readonly field: string
  /** New value → stored values it may follow. One that is missing may follow none but itself: what stays is no transition. */
  readonly from: Readonly<Record<string, readonly (string | number | null)[]>>
  /** Stored values that may be emptied. Absent: none. */
  readonly clears?: readonly (string | number)[]
  /** Values of new records. Absent: any. */
  readonly initial?: readonly (string | number | null)[]
}

/** A rule that asks the database. */
interface AskedRule extends PlannedRule {
  /** Fields of this object that matter. On update the rule is asked only where the patch has one of them. */
  readonly reads: readonly string[]
  /** Not for writes of many records at once. */
  readonly skipsBulk?: true
}

/** No two records have the same values in these fields. Null in one of them: the rule says nothing. */
export interface UniqueRulePlan extends AskedRule {
  readonly key: readonly string[]
  /** ASCII letters count as the same in either case. */
  readonly isCaseInsensitive?: true
  /** Which records it is about. Absent: all. */
  readonly scope?: Condition
  /** Name of the unique index that holds it. Absent: asked inside of the transaction, under a lock. */
  readonly index?: string
  /** Of one that an index holds: fields of related records that its message shows. */
  readonly shown?: RelatedPlan
}

/** What a value of whoever asks is bound as. */
export type UserFieldKind = 'text' | 'real' | 'boolean' | 'date' | 'datetime' | 'time'

/** What must hold, or must not be there, in related records. */
export interface RelatedRulePlan extends AskedRule {
  /** Object that is asked. */
  readonly object: string
  /** Its field, and the field of this object it is compared with. Null in that one: the rule says nothing. */
  readonly field: string
  readonly matches: string
  /** Further conditions on its records; the field `$record.name` is a value of the written record. */
  readonly filter?: Condition
  /** Holds as well, unless the application itself is at work. The field `$user.name` is a value of whoever asks. */
  readonly ofUser?: Condition
  /** Fields of whoever asks that `ofUser` names. */
  readonly userFields?: Readonly<Record<string, UserFieldKind>>
  /** `some`: there must be one; `none`: there must be none. A list of ids needs one for each. */
  readonly expects: 'some' | 'none'
}

/**
 * The rules of one object. Every member is there only where some rule needs it. Checks are straight-line code, one `if` for each rule; records are as
 * JSON has them, absent fields count as null.
 */
export interface RulesPlan {
  /** A new record as it will be stored: defaults filled in. */
  newRecord(id: string, input: object, now: string): object
  onCreate?(record: object, findings: Findings): void
  /** `record` is the stored one with the patch over it, `previous` the stored one. */
  onUpdate?(record: object, previous: object, findings: Findings): void
  onDelete?(record: object, findings: Findings): void
  /** A patch without any of these fields breaks no rule. Absent: any patch may. */
  readonly updateFields?: readonly string[]
  /** What the rules look at beyond lookups: read with the records, before anything is checked. */
  readonly relatedOnCreate?: RelatedPlan
  readonly relatedOnUpdate?: RelatedPlan
  readonly relatedOnDelete?: RelatedPlan
  /** Rules of updates look at what former links lead to, too. */
  readonly looksBehind?: true
  /** Messages of some rule are written in several languages. */
  readonly isMultilingual?: true
  /** What functions and addresses are asked, where nothing else is wrong with a record: adds it to `questions`. */
  asksOnCreate?(record: object, findings: Findings, questions: Question[]): void
  asksOnUpdate?(record: object, previous: object, findings: Findings, questions: Question[]): void
  asksOnDelete?(record: object, findings: Findings, questions: Question[]): void
  /** A patch without any of these fields asks nobody. Absent: any patch may. */
  readonly askedFields?: readonly string[]
  readonly transitions?: readonly TransitionPlan[]
  readonly unique?: readonly UniqueRulePlan[]
  readonly related?: readonly RelatedRulePlan[]
}
