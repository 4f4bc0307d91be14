import { type Code, code, type Hole, joined, list, raw, type Sym, sym } from '../../code/code.ts'
import { literal } from '../../code/literal.ts'
import type { FieldIr, ValueIr } from '../../ir/object.ts'
import { RUNTIME } from './runtime.ts'

/** One condition that a valid value meets, with its negation spelled as a person would spell it. */
export interface Term {
  readonly good: Code
  readonly bad: Code
}

/**
 * How one value is checked. A value that meets all terms is valid without a further look. One that does not goes to `check`,
 * a function of the runtime that decides exactly (`rules` are its arguments) and explains.
 */
export interface ValueCheck {
  readonly check: Sym
  readonly rules: readonly Hole[]
  readonly terms: readonly Term[]
  /** Condition on a whole list, where the runtime has one for it. */
  readonly listTerm?: Term
}

/** Names that the module must declare: `pattern` is a regular expression, `options` a list or a set. */
export interface Constants {
  declare(suffix: string, value: Code): Code
}

const helper = (name: string): Sym => sym(name, RUNTIME)

const not = (call: Code): Term => ({ good: call, bad: code`!${call}` })

const call = (name: string, value: Hole, ...rest: readonly Hole[]): Term => not(code`${helper(name)}(${joined([value, ...rest], ', ')})`)

const compare = (left: Code, good: string, bad: string, right: Hole): Term => ({
  good: code`${left} ${raw(good)} ${right}`,
  bad: code`${left} ${raw(bad)} ${right}`,
})

const typeOf = (value: Hole, type: string): Term => compare(code`typeof ${value}`, '===', '!==', type)

const rule = (name: string, value: unknown): Code => code`${raw(name)}: ${raw(literal(value))}`

/** Longest text a pattern is tried on; the runtime refuses longer ones. */
const MAX_PATTERN_INPUT = 10_000

/** Up to this many options are compared one after the other; more go into a set. */
const MAX_OPTION_LIST = 16

/** The check of one value of a field; for a list field, of one element. `value` is the expression that holds it. */
export function valueCheck(field: FieldIr, value: Hole, constants: Constants): ValueCheck {
  const kind = field.value
  switch (kind.kind) {
    case 'string':
      return textCheck(kind, value, constants)
    case 'number':
      return numberCheck(kind, value)
    case 'boolean':
      return { check: helper('checkBoolean'), rules: [], terms: [typeOf(value, 'boolean')] }
    case 'date':
      return { check: helper('checkDate'), rules: [], terms: [call('isDate', value)] }
    case 'time':
      return { check: helper('checkTime'), rules: [], terms: [call('isTime', value)] }
    case 'datetime':
      return { check: helper('checkDatetime'), rules: [], terms: [call('isUtcDatetime', value)] }
    case 'option':
      return optionCheck(kind, value, constants)
    case 'id':
      return { check: helper('checkReference'), rules: [], terms: [call('isReference', value)], listTerm: call('isReferenceList', value) }
    case 'attachment':
      return {
        check: helper('checkAttachment'),
        rules: kind.maxSize === undefined ? [] : [rule('maxSize', kind.maxSize)],
        terms: [call('isAttachment', value, ...(kind.maxSize === undefined ? [] : [kind.maxSize]))],
      }
    case 'location':
      return { check: helper('checkLocation'), rules: [], terms: [call('isLocation', value)] }
    case 'address':
      return { check: helper('checkAddress'), rules: [], terms: [call('isAddress', value)] }
    case 'json':
      return { check: helper('checkJson'), rules: [], terms: [call('isJson', value)] }
    case 'records':
      return { check: helper('checkJsonObjects'), rules: [], terms: [call('isJsonObjects', value)] }
    case 'record':
      return { check: helper('checkJsonObject'), rules: [], terms: [call('isJsonObject', value)] }
    case 'vector':
      return {
        check: helper('checkVector'),
        rules: kind.dimensions === undefined ? [] : [rule('dimensions', kind.dimensions)],
        terms: [call('isVector', value, ...(kind.dimensions === undefined ? [] : [kind.dimensions]))],
      }
    default:
      return kind satisfies never
  }
}

type Text = Extract<ValueIr, { kind: 'string' }>

function textCheck(text: Text, value: Hole, constants: Constants): ValueCheck {
  const { minLength = 0, maxLength, pattern, patternMessage, format, protocols } = text
  const rules: Hole[] = []
  const terms = [typeOf(value, 'string')]
  const length = code`${value}.length`
  if (minLength > 0) {
    rules.push(rule('min', minLength))
    terms.push(minLength === 1 ? compare(code`${value}`, '!==', '===', '') : call('isLongEnough', value, minLength))
  }
  if (maxLength !== undefined) {
    rules.push(rule('max', maxLength))
    terms.push(compare(length, '<=', '>', maxLength))
  }
  const regex = pattern === undefined ? undefined : compilePattern(pattern)
  if (regex !== undefined) {
    const name = constants.declare('PATTERN', code`${raw(String(regex))}`)
    rules.push(code`pattern: ${name}`, ...(patternMessage === undefined ? [] : [rule('message', patternMessage)]))
    if (maxLength === undefined || maxLength > MAX_PATTERN_INPUT) terms.push(compare(length, '<=', '>', MAX_PATTERN_INPUT))
    terms.push(not(code`${name}.test(${value})`))
  }
  if (format === 'email') terms.push(call('isEmail', value))
  if (format === 'phone') terms.push(call('isPhone', value))
  if (format !== undefined) rules.push(rule('format', format))
  if (format === 'url') {
    const known = protocols === undefined ? [] : [constants.declare('PROTOCOLS', code`${list(protocols)}`)]
    rules.push(...known.map((name) => code`protocols: ${name}`))
    terms.push(call('isUrl', value, ...known))
  }
  return { check: helper('checkText'), rules, terms }
}

/** With the `u` flag where the author's pattern allows it. A pattern that is none under either reading is not enforced: link has said so. */
export function compilePattern(source: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, flags)
    } catch {
      // Tried again without the flag: old patterns escape characters that need no escape, which `u` refuses.
    }
  }
  return undefined
}

type Numeric = Extract<ValueIr, { kind: 'number' }>

function numberCheck({ isInteger, min, max, scale, precision }: Numeric, value: Hole): ValueCheck {
  const rules: Hole[] = []
  const terms = [not(code`Number.${raw(isInteger ? 'isSafeInteger' : 'isFinite')}(${value})`)]
  if (isInteger) rules.push(rule('integer', true))
  if (min !== undefined) {
    rules.push(rule('min', min))
    terms.push(compare(code`${value}`, '>=', '<', raw(literal(min))))
  }
  if (max !== undefined) {
    rules.push(rule('max', max))
    terms.push(compare(code`${value}`, '<=', '>', raw(literal(max))))
  }
  if (scale !== undefined && scale >= 0 && !isInteger) {
    rules.push(rule('scale', scale))
    terms.push(decimalsTerm(scale, value))
  }
  const digits = precision === undefined ? undefined : Math.max(0, precision - (scale ?? 0))
  if (digits !== undefined && digits <= 300) {
    rules.push(rule('digits', digits))
    terms.push(compare(code`Math.abs(${value})`, '<', '>=', raw(digits > 15 ? `1e${digits}` : literal(10 ** digits))))
  }
  return { check: helper('checkNumber'), rules, terms }
}

/**
 * Dividing by a power of ten rounds correctly, so a number that comes back from the nearest integer is the double nearest to a
 * decimal with that many places: exactly what the schema asks for. Powers up to 10^22 are exact.
 */
function decimalsTerm(scale: number, value: Hole): Term {
  if (scale === 0) return not(code`Number.isInteger(${value})`)
  if (scale > 22) return call('fitsScale', value, scale)
  const power = raw(scale > 6 ? `1e${scale}` : literal(10 ** scale))
  return compare(code`Math.round(${value} * ${power}) / ${power}`, '===', '!==', value)
}

type Option = Extract<ValueIr, { kind: 'option' }>

/** The distinct values of a closed list, all of the list's base type. Empty when the list is open. */
export function closedOptions({ base, options, isOpen }: Option): readonly (string | number)[] {
  return isOpen ? [] : [...new Set(options.map(({ value }) => (base === 'number' ? Number(value) : String(value))))]
}

function optionCheck(option: Option, value: Hole, constants: Constants): ValueCheck {
  const values = closedOptions(option)
  if (values.length === 0) {
    return option.base === 'number'
      ? numberCheck({ kind: 'number', isInteger: false }, value)
      : textCheck({ kind: 'string' }, value, constants)
  }
  const isSet = values.length > MAX_OPTION_LIST
  const entries = values.map((entry) => raw(literal(entry)))
  const name = constants.declare('OPTIONS', isSet ? code`/* @__PURE__ */ new Set(${list(entries, { tail: 1 })})` : code`${list(entries)}`)
  return {
    check: helper('checkOption'),
    rules: [code`options: ${name}`],
    terms: [not(code`${name}.${raw(isSet ? 'has' : 'includes')}(${value})`)],
  }
}
