/** An integer that a number would round. */
export const BIG_INTEGER = Symbol('big integer')
/** `.inf`, `.nan` or a number too large to hold: not a JSON value. */
export const NOT_FINITE = Symbol('not finite')

const WORDS: ReadonlyMap<string, null | boolean> = new Map([
  ['', null],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
])

const INTEGER = /^[-+]?[0-9]+$/
const RADIX = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const NOT_FINITE_TEXT = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

/**
 * What a plain (unquoted) YAML scalar means under the YAML 1.2 core schema. Dates, `yes`, `no` and everything else that is not
 * null, a boolean or a number stay text.
 */
export function resolveScalar(text: string): null | boolean | number | string | typeof BIG_INTEGER | typeof NOT_FINITE {
  const first = text.charCodeAt(0)
  const mayBeNumber = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46
  if (!mayBeNumber) {
    const word = text.length > 5 ? undefined : WORDS.get(text)
    return word === undefined ? text : word
  }
  if (INTEGER.test(text) || RADIX.test(text)) return integer(Number(text))
  if (FLOAT.test(text)) return finite(Number(text))
  return NOT_FINITE_TEXT.test(text) ? NOT_FINITE : text
}

function integer(value: number): number | typeof BIG_INTEGER {
  if (!Number.isSafeInteger(value)) return BIG_INTEGER
  // `-0` is 0 to everyone but `Object.is`.
  return value === 0 ? 0 : value
}

const finite = (value: number): number | typeof NOT_FINITE => (Number.isFinite(value) ? value : NOT_FINITE)
