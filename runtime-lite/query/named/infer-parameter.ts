import { familyOf, type ParameterUse } from './parameter-uses.ts'
import type { QueryParameter } from './query-parameter.ts'

export type InferredParameter =
  | { readonly parameter: Pick<QueryParameter, 'kind' | 'options' | 'isList'> }
  /** Two places that no value fits both of. */
  | { readonly clash: readonly [ParameterUse, ParameterUse] }

/**
 * What a parameter is, by the places where it stands: options that all of them know, whole numbers where one of them asks for one.
 * Undefined where it stands nowhere.
 */
export function inferParameter(uses: readonly ParameterUse[]): InferredParameter | undefined {
  const [first] = uses
  if (first === undefined) return undefined
  const other = uses.find((use) => familyOf(use) !== familyOf(first) || use.isList !== first.isList)
  if (other !== undefined) return { clash: [first, other] }
  const kinds = new Set(uses.map(({ kind }) => kind))
  const { options } = first
  const kind = kinds.size === 1 ? first.kind : kinds.has('integer') ? 'integer' : kinds.has('real') ? 'real' : 'text'
  const isShared = options !== undefined && uses.every((use) => JSON.stringify(use.options) === JSON.stringify(options))
  return { parameter: { kind, ...(kind === 'option' && isShared ? { options } : {}), ...(first.isList ? { isList: true } : {}) } }
}

/** A kind in words: what a refusal says. */
export function kindInWords({ kind, options, isList }: Pick<QueryParameter, 'kind' | 'options' | 'isList'>): string {
  const word = kind === 'option' ? WORDS[familyOf({ kind, ...(options ? { options } : {}) })] : WORDS[kind]
  return isList ? `a list, each item ${word}` : (word ?? 'a value')
}

const WORDS: Readonly<Record<string, string>> = {
  text: 'text',
  id: 'an id',
  number: 'a number',
  integer: 'a whole number',
  real: 'a number',
  boolean: 'true or false',
  date: 'a date (YYYY-MM-DD)',
  datetime: 'an instant (YYYY-MM-DDTHH:mm:ssZ)',
  time: 'a time',
  json: 'a structured value',
}
