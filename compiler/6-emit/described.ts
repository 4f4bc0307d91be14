import type { Json } from '../source/json.ts'

/** Data as it is printed: undefined properties are left out. */
export type Plain = { readonly [key: string]: Json | undefined }

/** What a thing is comes first, then whatever else its author wrote, which cannot replace it. */
export const described = (identity: Plain, attributes: Plain): Plain => ({ ...identity, ...attributes, ...identity })
