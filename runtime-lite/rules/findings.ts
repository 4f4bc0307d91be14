import { currentContext, type RequestContext } from '../context/request-context.ts'
import { textInLanguage } from '../context/wanted-languages.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { Issue } from '../problem/issue.ts'
import { validationError } from '../problem/problem.ts'
import type { RuleWarning } from '../problem/rule-warning.ts'
import type { ChangedFields } from '../query/print/print-write.ts'
import { NONE_RELATED, type RelatedRecords } from '../related/related-plan.ts'
import { escapeToken, MAX_ISSUES } from '../validate/add-issue.ts'
import { isChangedBy } from './changed-by.ts'
import { fillMessage } from './fill-message.ts'
import type { Findings, Rule } from './rules-plan.ts'

/** One record of a write, and the rules it breaks. */
export interface RecordFindings extends Findings {
  readonly issues: Issue[]
  readonly warnings: RuleWarning[]
}

export interface FindingsOf {
  readonly record: RawRecord
  /** Where the record stands in the request. */
  readonly at: string
  readonly now: string
  readonly context: RequestContext | undefined
  readonly isBulk: boolean
  /** Of an update. */
  readonly changed?: ChangedFields | undefined
  readonly related?: RelatedRecords | undefined
  readonly relatedBefore?: RelatedRecords | undefined
}

export function createFindings({ record, at, now, context, isBulk, changed, ...beyond }: FindingsOf): RecordFindings {
  const { related = NONE_RELATED, relatedBefore = NONE_RELATED } = beyond
  const issues: Issue[] = []
  const warnings: RuleWarning[] = []
  return {
    now,
    user: context?.user ?? null,
    isSystem: context === undefined || context.isSystem === true,
    isBulk,
    issues,
    warnings,
    related,
    relatedBefore,
    writes: (...fields) => changed === undefined || fields.some((field) => isChangedBy(changed, field)),
    add(rule, params, path) {
      const { name, code, severity } = rule
      const message = fillMessage(textOf(rule), record, { ...rule.params, ...params }, related)
      const found = { pointer: path === undefined ? pointerOf(rule, at) : at + path, code, message }
      if (severity === 'error') issues.push(found)
      else warnings.push({ rule: name, severity, ...found })
    },
  }
}

/** What somebody who was asked says about a record: words of their own, told as they are, or values for those of the rule. */
export function addFound(
  findings: RecordFindings,
  rule: Rule,
  at: string,
  { message, params }: { readonly message?: string; readonly params?: Readonly<Record<string, unknown>> },
): void {
  const found = { pointer: pointerOf(rule, at), code: rule.code, message: message ?? '' }
  if (message === undefined) findings.add(rule, params)
  else if (rule.severity === 'error') findings.issues.push(found)
  else findings.warnings.push({ rule: rule.name, severity: rule.severity, ...found })
}

/** What is told of a record that breaks a rule. */
export const ruleIssue = (rule: Rule, record: RawRecord, at: string, related: RelatedRecords = NONE_RELATED): Issue => ({
  pointer: pointerOf(rule, at),
  code: rule.code,
  message: fillMessage(textOf(rule), record, rule.params ?? {}, related),
})

const pointerOf = ({ fields: [first] }: Rule, at: string): string => (first === undefined ? at : `${at}/${escapeToken(first)}`)

/** In the language that is asked for, where the author wrote it in that. */
function textOf({ message, messages }: Rule): string {
  if (!messages) return message
  const { locale, languages = locale === undefined ? [] : [locale] } = currentContext() ?? {}
  return textInLanguage(messages, languages) ?? message
}

/** @throws ObjectQLError 422 with every issue, once: records that are changed alike say the same. */
export function refuseBroken(findings: readonly RecordFindings[]): void {
  if (findings.every(({ issues }) => issues.length === 0)) return
  const seen = new Set<string>()
  const issues: Issue[] = []
  for (const { issues: own } of findings)
    for (const issue of own) {
      const key = `${issue.pointer}\0${issue.code}\0${issue.message}`
      if (seen.has(key) || issues.length >= MAX_ISSUES) continue
      seen.add(key)
      issues.push(issue)
    }
  throw validationError(issues)
}
