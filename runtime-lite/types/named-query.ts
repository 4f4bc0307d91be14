import type { Page } from './query.ts'

/** A query of the schema, called in process. Rejects with an `ObjectQLError` for parameters that do not fit. */
export type QueryCall<Params extends readonly unknown[], Item> = (...params: Params) => Promise<Page<Item>>
