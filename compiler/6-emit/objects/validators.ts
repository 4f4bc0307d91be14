import { type Code, code, fitted, type Hole, joined, lines, list, NOTHING, raw, sym } from '../../code/code.ts'
import { propertyAccess } from '../../code/literal.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { inComment } from './js-doc.ts'
import { RUNTIME } from './runtime.ts'
import { type Constants, closedOptions, type Term, type ValueCheck, valueCheck } from './value-check.ts'

const helper = (name: string) => sym(name, RUNTIME)
const VALUE = raw('value')

/**
 * `validate<Object>Create(input, at)` and `validate<Object>Update(input, at)`: every problem of an input, or undefined.
 *
 * The printed conditions decide that a value is fine; whatever does not meet them goes to a function of the runtime that decides
 * exactly, explains, and writes canonical spellings back. So a condition may be stricter than the schema, never laxer.
 */
export function validators(object: ObjectIr): Code {
  const { pascal } = object.names
  const label = object.label
  const fields = writableFields(object)
  const constants: Code[] = []
  const names = new Set(['KEYS'])
  const checks = fields.map((field) => fieldStatements(field, declareInto(constants, names, field)))
  const computed = object.fields.filter((field) => field.isComputed && field.name !== 'id')
  const keyRules = {
    label,
    fields: fields.map(({ name }) => name),
    computed: Object.fromEntries(computed.map((field) => [field.name, field.label])),
  }
  return code`
${lines(constants)}
const KEYS = ${raw(prettyLiteral(keyRules, { used: 'const KEYS = '.length }))}

/** Every problem of a new ${raw(inComment(label))}, or undefined. Canonical spellings are written back. */
export function validate${raw(pascal)}Create(input, at = '') {
  return validate${raw(pascal)}(input, at, true)
}

/** The same for a change, which needs to hold only what is to change. */
export function validate${raw(pascal)}Update(input, at = '') {
  return validate${raw(pascal)}(input, at, false)
}

function validate${raw(pascal)}(input, at, isCreate) {
  if (!${helper('isPlainObject')}(input)) return ${helper('notAnObject')}(at, ${label})
  let issues
  let seen = 0
  ${raw(fields.length === 0 ? 'const' : 'let')} value = input.id
  if (isCreate && value !== undefined) {
    seen++
    if (!${helper('isRecordId')}(value)) issues = ${helper('checkRecordId')}(issues, value, at)
  }
  ${lines(checks)}
  return ${helper('countKeys')}(input) === seen ? issues : ${helper('checkKeys')}(issues, input, at, isCreate, KEYS)
}
`
}

/** What is checked as the fields of an object are: parameters of an action. */
export interface CheckedParams {
  /** `validateLeadConvertParams`: exported under this name. */
  readonly name: string
  /** Constants are named after it. */
  readonly stem: string
  readonly label: string
  readonly params: readonly FieldIr[]
}

/** One validator for each, in one module. */
export function paramsValidators(all: readonly CheckedParams[]): Code {
  const names = new Set(['KEYS'])
  return code`${joined(
    all.map((params) => paramsValidator(params, names)),
    '\n\n',
  )}`
}

function paramsValidator({ name, stem, label, params }: CheckedParams, names: Set<string>): Code {
  const constants: Code[] = []
  const keys = declareInto(constants, names, { name: stem }).declare(
    'KEYS',
    code`{ label: ${label}, fields: ${list(
      params.map((param) => code`${param.name}`),
      { tail: 2 },
    )} }`,
  )
  const declared = params.length === 1 ? 'const' : 'let'
  const checks = params.map((param, index) =>
    fieldStatements(param, declareInto(constants, names, param), 'always', index === 0 ? declared : undefined),
  )
  return code`
${lines(constants)}

/** Every problem of the parameters, or undefined. Canonical spellings are written back. */
export function ${raw(name)}(input, at = '') {
  if (!${helper('isPlainObject')}(input)) return ${helper('notAnObject')}(at, ${label}, 'parameters')
  ${params.length === 0 ? noParams(keys) : paramChecks(checks, keys)}
}
`
}

const noParams = (keys: Code): Code =>
  code`return ${helper('countKeys')}(input) === 0 ? undefined : ${helper('checkParameterNames')}(undefined, input, at, ${keys})`

const paramChecks = (checks: readonly Code[], keys: Code): Code => code`
let issues
let seen = 0
${lines(checks)}
return ${helper('countKeys')}(input) === seen ? issues : ${helper('checkParameterNames')}(issues, input, at, ${keys})
`

/** What a client may send besides `id`. */
export const writableFields = (object: ObjectIr): readonly FieldIr[] =>
  object.fields.filter((field) => !field.isComputed && field.name !== 'id')

/** Properties that every object inherits: reading one of these names must not find the inherited one. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Required: always, or of new records only. */
type Required = 'on create' | 'always'

function fieldStatements(field: FieldIr, constants: Constants, required: Required = 'on create', declared?: 'let' | 'const'): Code {
  const { name, label, isList } = field
  const read = INHERITED.has(name) ? code`${helper('ownValue')}(input, ${name})` : code`input${raw(propertyAccess(name))}`
  const { check, rules, terms } = isList ? listCheck(field, constants) : presentCheck(field, valueCheck(field, VALUE, constants))
  const allRules = [...(field.isRequired ? [raw('required: true')] : []), ...(isList ? [raw('list: true')] : []), ...rules]
  return code`
${raw(declared === undefined ? '' : `${declared} `)}value = ${read}
if (value !== undefined) seen++
${suspicion(field, terms, required)}
  issues = ${check}(issues, input, ${name}, ${label}, at, ${list(allRules, { brackets: ['{ ', ' }'], tail: 1 })})
}
`
}

/** The `if` around a closer look at a value. An absent field gets one only on create, and only when it has no default. */
function suspicion(field: FieldIr, terms: readonly Term[], required: Required): Hole {
  // Who asks is filled in before the server validates: where it is still absent, nobody does.
  const isNeeded = field.isRequired && (field.default === undefined || field.default.kind === 'current-user')
  const isAbsent = isNeeded && required === 'always' ? [code`value === undefined`] : []
  const bad = [...isAbsent, ...terms.map((term) => term.bad)]
  const anyBad = joined(bad, ' || ')
  const anyBadBelow = (tail = 0): Hole => fitted(anyBad, () => joined(bad, ' ||\n  '), tail)
  if (isAbsent.length > 0) return condition(code`${anyBad}`, () => code`${anyBadBelow()}`)
  if (isNeeded) {
    return condition(
      code`value === undefined ? isCreate : ${anyBad}`,
      () => code`
value === undefined
  ? isCreate
  : ${anyBadBelow()}
`,
    )
  }
  const isThere = raw(field.isRequired ? 'value !== undefined' : 'value != null')
  const [open, close] = bad.length > 1 ? [raw('('), raw(')')] : [NOTHING, NOTHING]
  return condition(
    code`${isThere} && ${open}${anyBad}${close}`,
    () => code`
${isThere} &&
${open}${anyBadBelow(close.text.length)}${close}
`,
  )
}

/** An `if` whose condition stands beside it, below it on one line, or below it on several. */
const condition = (flat: Code, broken: () => Code): Hole =>
  fitted(
    code`if (${flat}) {`,
    () => code`
if (
  ${fitted(flat, broken)}
) {
`,
  )

/** Kinds that accept an empty text, or null, need conditions of their own where the field is required. */
function presentCheck(field: FieldIr, check: ValueCheck): ValueCheck {
  if (!field.isRequired || !acceptsEmptyText(field)) return check
  const isNotEmpty: Term = { good: code`value !== ''`, bad: code`value === ''` }
  const isNotNull: Term = { good: code`value !== null`, bad: code`value === null` }
  return { ...check, terms: [...(field.value.kind === 'json' ? [isNotNull] : []), isNotEmpty, ...check.terms] }
}

function acceptsEmptyText({ value }: FieldIr): boolean {
  if (value.kind === 'string') return (value.minLength ?? 0) !== 1
  if (value.kind !== 'option') return value.kind === 'json'
  const closed = closedOptions(value)
  return closed.length === 0 ? value.base === 'string' : closed.includes('')
}

/** One condition on the whole list; the elements' conditions go into a function of their own. */
function listCheck(field: FieldIr, constants: Constants): ValueCheck {
  const { listTerm, ...check } = valueCheck(field, VALUE, constants)
  if (listTerm !== undefined) return { ...check, terms: [listTerm] }
  const isNotNull = field.value.kind === 'json' ? [code`value !== null`] : []
  const good = joined([...isNotNull, ...check.terms.map((term) => term.good)], ' && ')
  const name = constants.declare('ITEM', code`(value) => ${good}`)
  const call = code`${helper('isListOf')}(value, ${name})`
  return { ...check, terms: [{ good: call, bad: code`!${call}` }] }
}

/** Declares `<FIELD>_<SUFFIX>` constants of the module, under names that are free. */
function declareInto(constants: Code[], names: Set<string>, field: Pick<FieldIr, 'name'>): Constants {
  const words = field.name
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase()
  const stem = words === '' ? 'FIELD' : /^[0-9]/.test(words) ? `FIELD_${words}` : words
  return {
    declare(suffix, value) {
      let name = `${stem}_${suffix}`
      for (let clash = 1; names.has(name); clash++) name = `${stem}_${suffix}$${clash}`
      names.add(name)
      constants.push(code`const ${raw(name)} = ${value}`)
      return code`${raw(name)}`
    },
  }
}
