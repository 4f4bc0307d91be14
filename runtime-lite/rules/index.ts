/** What generated rules are printed with. */
export { valuesOf } from '../behaviour/values-of.ts'
export {
  abs,
  add,
  adddays,
  addmonths,
  ceiling,
  coalesce,
  concat,
  contains,
  date,
  datetime,
  day,
  daysbetween,
  div,
  divby,
  endswith,
  floor,
  ge,
  greatest,
  gt,
  hour,
  indexof,
  isMatch,
  le,
  least,
  length,
  lt,
  minute,
  mod,
  month,
  monthsbetween,
  mul,
  neg,
  power,
  replace,
  round,
  second,
  startswith,
  sub,
  substring,
  tolower,
  totext,
  toupper,
  trim,
  year,
} from '../expression/functions.ts'
export { isLongEnough, isLongerThan } from '../validate/text-length.ts'
export type { Question } from '../validators/question.ts'
export { enforceRules } from './enforce-rules.ts'
export { isEmail, isJson, isPhone, isUrl, matches } from './formats.ts'
export { guardReadonly } from './guard-readonly.ts'
export { hasFormat } from './has-format.ts'
export { isChanged, isEmptyList } from './is-changed.ts'
export type { Known, Problems, SchemaCheck } from './json-schema.ts'
export {
  checkSchema,
  checkSchemaText,
  countItems,
  countMembers,
  countMet,
  enters,
  isKnown,
  isList,
  isMet,
  isMultiple,
  isObject,
  isOneOf,
  isUnique,
  isWhole,
  knows,
  knowsAll,
  knowsFirst,
  meetsAny,
  member,
  needs,
  newKnown,
  passOn,
  place,
} from './json-schema.ts'
export type { Findings, Rule, RulesPlan } from './rules-plan.ts'
export type { WriteRules } from './write-rules.ts'
