import type { JsonType } from '../ir/json-schema.ts'

/** Types without those that others hold: whole numbers are numbers. */
export const meantTypes = (types: readonly JsonType[]): readonly JsonType[] =>
  types.filter((type) => type !== 'integer' || !types.includes('number'))
