import type { Query } from './ast.ts'

/** What a query says when it says nothing. */
export const EMPTY_QUERY: Query = Object.freeze({ orderBy: [], expand: [], isDistinct: false, total: 'none' })
