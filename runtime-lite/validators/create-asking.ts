import type { BehaviourHost } from '../behaviour/behaviour.ts'
import { currentContext } from '../context/request-context.ts'
import { currentLimit } from '../database/call-limit.ts'
import type { Session } from '../database/session.ts'
import { DatabaseFailure } from '../database/sql-error.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { WriteContext } from '../object/write-context.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { addFound } from '../rules/findings.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import { askAddress } from './ask-address.ts'
import type { AskedOperation, Asking, Inquiry } from './asking.ts'
import { inTime, TooLate } from './in-time.ts'
import type { Question, Validator } from './question.ts'
import { readVerdict, refusal, type Verdict } from './read-verdict.ts'
import { type AskedRecord, ValidatorContext } from './validator-context.ts'
import type { ValidatorOptions } from './validator-options.ts'
import type { ValidatorRegistry } from './validator-registry.ts'

/** What asking needs of the application around it. */
export interface AskingHost {
  readonly host: BehaviourHost
  readonly validators: ValidatorRegistry
  readonly options: ValidatorOptions
  /** What `work` reads and writes belongs to the transaction of the session. */
  within<Result>(session: Session, work: () => Promise<Result>): Promise<Result>
}

const CONCURRENCY = 16
const TIMEOUT = 5_000

/** What became of one question: an answer, or why there is none. */
type Outcome = { readonly verdict: Verdict } | { readonly error: unknown }

/** One question about one record. */
interface Task {
  readonly inquiry: Inquiry
  readonly question: Question
  readonly about: () => AskedRecord
}

export function createAsking({ host, validators, options, within }: AskingHost): Asking {
  const { concurrency = CONCURRENCY, timeout = TIMEOUT } = options
  const outside = { fetch: options.fetch ?? ((url, init) => fetch(url, init)), environment: options.environment ?? process.env }

  async function ask({ question, about }: Task): Promise<Outcome> {
    const { ask: asked, timeout: milliseconds = timeout } = question
    const isRemote = typeof asked === 'object'
    const work = (signal: AbortSignal): unknown => {
      const context = new ValidatorContext(about(), question, signal)
      if (isRemote) return askAddress(asked, question, context, outside)
      const validator: Validator = typeof asked === 'string' ? validators.named(asked) : asked
      return validator(context)
    }
    try {
      const answer = await inTime(work, { clock: host.clock, milliseconds, outer: currentLimit()?.signal })
      const verdict = readVerdict(answer, isRemote)
      return verdict
        ? { verdict }
        : { error: isRemote ? notAsked(question, new Error('The answer says neither yes nor no.')) : noVerdict(question) }
    } catch (error) {
      if (error instanceof ObjectQLError) return { error }
      if (isRemote || error instanceof TooLate) return { error: notAsked(question, error) }
      // `throw new Error('…')` is a refusal in words that somebody chose; other classes are bugs.
      return error instanceof Error && error.constructor === Error ? { verdict: refusal(error.message) } : { error }
    }
  }

  /** Adds what is wrong to the findings. Gives what has to end the write. */
  function tell({ inquiry: { findings, at }, question: { rule } }: Task, outcome: Outcome): unknown {
    if ('verdict' in outcome) {
      const { verdict } = outcome
      if (!verdict.isRight) addFound(findings, rule, at, verdict)
      return undefined
    }
    const { error } = outcome
    // The database gave the transaction up, whatever asked it.
    if (rule.severity === 'error' || error instanceof DatabaseFailure) return error
    // What never refuses does not do so by keeping silent.
    host.report(error instanceof ObjectQLError ? (error.cause ?? error) : error)
    addFound(findings, rule, at, { message: `The rule "${rule.name}" could not be asked.` })
    return undefined
  }

  return async (context, operation, inquiries) => {
    const tasks = inquiries.flatMap((inquiry) => {
      const about = once(() => askedRecord(context, operation, inquiry, host))
      return inquiry.questions.map((question): Task => ({ inquiry, question, about }))
    })
    const outcomes = await host.deeper(context.plan.name, () => within(context.session, () => pooled(tasks, Math.max(1, concurrency), ask)))
    // In the order of the rules, whoever answered first.
    const errors = outcomes.flatMap((outcome, index) => tell(tasks[index] as Task, outcome) ?? [])
    const worst = errors.find((error) => error instanceof DatabaseFailure) ?? errors.find(isBug) ?? errors[0]
    // Asking again will not help a record that is wrong.
    const isRefused = inquiries.some(({ findings }) => findings.issues.length > 0)
    if (worst !== undefined && (!isRefused || worst instanceof DatabaseFailure)) throw worst
    for (const error of errors) if (isBug(error)) host.report(error instanceof ObjectQLError ? (error.cause ?? error) : error)
  }
}

const isBug = (error: unknown): boolean => !(error instanceof ObjectQLError) || error.status === 500

/** 503: the caller may try again. */
function notAsked({ rule }: Question, cause: unknown): ObjectQLError {
  const isLate = cause instanceof TooLate
  const detail = `The rule "${rule.name}" could not be asked${isLate ? ' in time' : ''}. Nothing was written; try again.`
  const problem = new ObjectQLError(503, isLate ? 'TIMEOUT' : 'UNAVAILABLE', detail, undefined, ['retry-after', '10'])
  problem.cause = cause
  return problem
}

const noVerdict = ({ rule }: Question): Error =>
  new TypeError(`The validator of "${rule.name}" answered with neither a boolean, a message nor { valid, message?, params? }.`)

function askedRecord({ plan, isBulk }: WriteContext, operation: AskedOperation, inquiry: Inquiry, host: BehaviourHost): AskedRecord {
  const { id, record, previous } = inquiry
  // What formulas give is not known yet, and what they gave is no more.
  const formulas = operation === 'delete' ? [] : Object.keys(plan.fields).filter((name) => plan.fields[name]?.formula)
  const known = Object.entries(record).filter(([name, value]) => value !== undefined && !formulas.includes(name))
  return {
    ...{ object: plan.name, operation, id },
    record: frozen(Object.fromEntries(known)),
    previous: operation === 'create' ? undefined : frozen(previous),
    isBulk: isBulk === true,
    asked: currentContext(),
    access: host.access,
    systemAccess: host.systemAccess,
  }
}

/** A copy that nobody can change: what is asked about is what will be written. */
const frozen = (record: RawRecord): RawRecord => frozenCopy(record) as RawRecord

function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy))
  if (!isPlainObject(value)) return value
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, frozenCopy(member)])))
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Does all of it, so many at once. Results come in the order of what was to be done. */
async function pooled<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = new Array(items.length)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as Item)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  return results
}
