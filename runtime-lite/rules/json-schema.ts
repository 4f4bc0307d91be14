import { escapeToken } from '../validate/add-issue.ts'
import { isJson as isPlainJson, MAX_JSON_LEVELS } from '../validate/json-value.ts'
import type { Findings, Rule } from './rules-plan.ts'

/** Collects what a value has that its JSON Schema does not allow. */
export interface Problems {
  /** Steps that are left for the whole value. */
  readonly steps: { left: number }
  /** `at`: JSON pointer from the value. */
  add(at: string, problem: string): void
}

/** What keywords have looked at: names of members, or indices of items. */
export interface Known {
  isAll: boolean
  readonly keys: Set<string | number>
}

/** `known` gets what is looked at; it counts where the value meets the schema. */
export type SchemaCheck = (value: unknown, at: string, problems: Problems, known?: Known) => void

/** Problems that are told of one value. */
const MAX_PROBLEMS = 20
/** Checks that call themselves run so often for one value. */
const MAX_STEPS = 100_000

interface Found {
  readonly at: string
  readonly problem: string
}

function collect(steps: Problems['steps'], most: number): Problems & { readonly found: readonly Found[] } {
  const found: Found[] = []
  return {
    steps,
    found,
    add(at, problem) {
      if (found.length < most) found.push({ at, problem })
    },
  }
}

/** A step of a check that calls itself; false: there were too many. */
export const enters = ({ steps }: Problems): boolean => steps.left-- > 0

/** The value of a field against its schema: one finding for each place that is wrong. Null is no value. */
export function checkSchema(findings: Findings, rule: Rule, record: object, field: string, check: SchemaCheck): void {
  const value = member(record as Members, field)
  if (value !== null && value !== undefined) run({ findings, rule, field }, value, check)
}

/** The same for a text that holds JSON. Empty text is no value. */
export function checkSchemaText(findings: Findings, rule: Rule, record: object, field: string, check: SchemaCheck): void {
  const text = member(record as Members, field)
  if (typeof text !== 'string' || text === '') return
  const told: Told = { findings, rule, field }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    tell(told, place('', field), 'must be JSON')
    return
  }
  if (isPlainJson(value)) run(told, value, check)
  else tell(told, place('', field), `must not nest deeper than ${MAX_JSON_LEVELS} levels`)
}

interface Told {
  readonly findings: Findings
  readonly rule: Rule
  readonly field: string
}

const tell = ({ findings, rule }: Told, path: string, problem: string): void => findings.add(rule, { problem, path }, path)

function run(told: Told, value: unknown, check: SchemaCheck): void {
  const start = place('', told.field)
  const problems = collect({ left: MAX_STEPS }, MAX_PROBLEMS)
  check(value, start, problems)
  if (problems.steps.left < 0) tell(told, start, 'is too much to be checked')
  else for (const { at, problem } of problems.found) tell(told, at, problem)
}

/** Whether a value meets another schema, whatever is wrong with it. */
export function isMet(check: SchemaCheck, value: unknown, { steps }: Problems, known?: Known): boolean {
  const problems = collect(steps, 1)
  const own = known && newKnown()
  check(value, '', problems, own)
  const isIt = problems.found.length === 0
  if (own && isIt) passOn(own, known)
  return isIt
}

/** How many of the schemas a value meets. */
export const countMet = (checks: readonly SchemaCheck[], value: unknown, problems: Problems, known?: Known): number =>
  checks.reduce((count, check) => count + (isMet(check, value, problems, known) ? 1 : 0), 0)

/** All of them are asked where it matters what they look at. */
export const meetsAny = (checks: readonly SchemaCheck[], value: unknown, problems: Problems, known?: Known): boolean =>
  known ? countMet(checks, value, problems, known) > 0 : checks.some((check) => isMet(check, value, problems))

/** How many items of a list meet a schema. */
export const countItems = (check: SchemaCheck, list: readonly unknown[], problems: Problems, known?: Known): number =>
  list.reduce<number>((count, item, index) => {
    if (!isMet(check, item, problems)) return count
    known?.keys.add(index)
    return count + 1
  }, 0)

export const newKnown = (): Known => ({ isAll: false, keys: new Set() })

export const isKnown = ({ isAll, keys }: Known, key: string | number): boolean => isAll || keys.has(key)

export function knows(known: Known | undefined, names: readonly string[]): void {
  if (known) for (const name of names) known.keys.add(name)
}

export function knowsFirst(known: Known | undefined, count: number): void {
  if (known) for (let index = 0; index < count; index++) known.keys.add(index)
}

export function knowsAll(known: Known | undefined): void {
  if (known) known.isAll = true
}

/** To whoever asks, too. */
export function passOn({ isAll, keys }: Known, outer: Known | undefined): void {
  if (!outer) return
  if (isAll) outer.isAll = true
  for (const key of keys) outer.keys.add(key)
}

/** Members that have to be there. */
export function needs(value: Members, names: readonly string[], at: string, problems: Problems): void {
  for (const name of names) if (member(value, name) === undefined) problems.add(place(at, name), 'is required')
}

type Members = { readonly [name: string]: unknown }

export const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
export const isWhole = (value: unknown): value is number => Number.isInteger(value)
export const isMultiple = (value: number, of: number): boolean => Number.isInteger(value / of)

/** A member of its own: none of those that every object inherits. */
export const member = (value: Members, name: string): unknown => (Object.hasOwn(value, name) ? value[name] : undefined)
export const place = (at: string, name: string): string => `${at}/${escapeToken(name)}`
export const countMembers = (value: Members): number => Object.keys(value).length

/** Equal as JSON: the order of members says nothing. */
export const isOneOf = (value: unknown, values: readonly unknown[]): boolean =>
  values.includes(value) || (typeof value === 'object' && value !== null && values.some((one) => canonical(one) === canonical(value)))

export const isUnique = (list: readonly unknown[]): boolean => new Set(list.map(canonical)).size === list.length

/** Equal texts for equal values. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  )
