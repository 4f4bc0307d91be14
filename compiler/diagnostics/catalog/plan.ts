import { error, info } from './entry.ts'

/** Problems of queries that are planned while compiling. */
export const planCatalog = {
  'plan/invalid-query': error('The query "{query}" cannot be run. {problem}.'),
  'plan/not-planned-ahead': info('This read of "{object}" is not planned ahead: {reason}.'),
  'plan/parameter-clash': error('"{name}" of the query "{query}" is {first} here and {second} there. Use two parameters.'),
  'plan/context-value': error('"${name}" in the query "{query}" is {declared}, and {used} stands there. Compare it with another field.'),
  'plan/parameter-default': error('The default of "{name}" of the query "{query}" has to be {expected}. Correct it.'),
  'plan/parameter-type': error('"{name}" of the query "{query}" is declared as {declared} but used as {used}. Change one of them.'),
  'plan/unused-parameter': error('The parameter "{name}" is not used by the query "{query}". Write "${name}" or remove it.'),
} as const
