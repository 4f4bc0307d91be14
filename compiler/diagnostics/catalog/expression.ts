import { info, warning } from './entry.ts'

/** Expressions: formulas, and what conditions are made of. */
export const expressionCatalog = {
  'expression/ambiguous': info('The formula "{field}" is read as {dialect}, but means something else as {other}. Name its dialect.'),
  'expression/circle': warning('The formula "{field}" comes back to itself: {problem}. Break the circle.'),
  'expression/missing': warning('The formula "{field}" is left out: it has no expression that can be read. Write one.'),
  'expression/not-translatable': warning('The formula "{field}" is left out: {problem} cannot be translated. Write it in another way.'),
  'expression/syntax': warning('The formula "{field}" cannot be read: {problem}. Correct it.'),
  'expression/unknown-field': warning('The formula "{field}" names what is not there: {problem}. Correct the name.'),
  'expression/unknown-function': warning('The formula "{field}" calls "{problem}", which no dialect has. Correct the name.'),
  'expression/wrong-arguments': warning('A call in the formula "{field}" is not right: {problem}. Correct it.'),
  'expression/wrong-type': warning('The types in the formula "{field}" do not fit: {problem}. Correct it.'),
} as const
