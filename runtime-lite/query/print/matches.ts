/** The function for regular expressions that connections are given: SQLite has none. */
export const MATCHES = 'objectql_matches'
