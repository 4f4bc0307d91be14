/** What a plain (unquoted) YAML scalar means under the YAML 1.2 core schema. */
export type Resolved =
  | { readonly kind: 'value'; readonly value: null | boolean | number | string }
  /** An integer that a number would round. */
  | { readonly kind: 'big-integer' }
  /** `.inf`, `.nan` or a number too large to hold: not a JSON value. */
  | { readonly kind: 'not-finite' }

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
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

/** Dates, `yes`, `no` and everything else that is not null, a boolean or a number stay text. */
export function resolveScalar(text: string): Resolved {
  const first = text.charCodeAt(0)
  const mayBeNumber = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46
  if (!mayBeNumber) {
    const word = text.length > 5 ? undefined : WORDS.get(text)
    return { kind: 'value', value: word === undefined ? text : word }
  }
  if (INTEGER.test(text) || RADIX.test(text)) return integer(Number(text))
  if (FLOAT.test(text)) return finite(Number(text))
  return NOT_FINITE.test(text) ? { kind: 'not-finite' } : { kind: 'value', value: text }
}

function integer(value: number): Resolved {
  return Number.isSafeInteger(value) ? { kind: 'value', value: value === 0 ? 0 : value } : { kind: 'big-integer' }
}

function finite(value: number): Resolved {
  return Number.isFinite(value) ? { kind: 'value', value } : { kind: 'not-finite' }
}
