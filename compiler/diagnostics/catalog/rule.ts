import { error, info, warning } from './entry.ts'

/** Validation rules of all dialects. */
export const ruleCatalog = {
  'rule/always-fails': warning('The rule "{rule}" fails for every record: its condition is decided beforehand. Correct it.'),
  'rule/bad-address': error('The rule "{rule}" cannot ask its address: {problem}. Correct it.'),
  'rule/bad-schema': warning('The rule "{rule}" is left out, its JSON Schema is wrong: {problem}. Correct it.'),
  'rule/incomplete': warning('The rule "{rule}" is left out: {problem}. Complete it.'),
  'rule/never-fails': warning('The rule "{rule}" can never fail: its condition is decided beforehand. Correct it or remove it.'),
  'rule/not-run': warning('The rule "{rule}" is not run: {problem}.'),
  'rule/not-translatable': warning('The rule "{rule}" is left out: {problem} cannot be translated. Write it in another way.'),
  'rule/registered-validator': info('The rule "{rule}" asks "{name}", which the program has to register: app.registerValidator().'),
  'rule/syntax': warning('The rule "{rule}" is left out, as it cannot be read: {problem}. Correct it.'),
  'rule/unknown-field': error('The rule "{rule}" names what is not there: {problem}. Correct the name.'),
  'rule/unknown-filter-field': warning('The filter of "{rule}" is left out: it names what is not there, {problem}. Correct the name.'),
  'rule/unknown-function': warning('The rule "{rule}" is left out: no dialect has a function "{problem}". Correct the name.'),
  'rule/unknown-operator': warning('The rule "{rule}" is left out: "{problem}" is no operator. Correct it.'),
  'rule/unknown-placeholder': warning('The message of "{rule}" shows "{name}", which nothing fills in. Correct the name.'),
  'rule/unknown-type': warning('The rule "{rule}" is left out: there are no rules of the type "{problem}". Correct the type.'),
  'rule/unknown-validator': error('The rule "{rule}" asks "{name}", but "{object}" has no such validator. Correct the name.'),
  'rule/wrong-arguments': warning('The rule "{rule}" is left out: {problem}. Correct the call.'),
  'rule/wrong-type': error('The types in the rule "{rule}" do not fit: {problem}. Correct it.'),
} as const
