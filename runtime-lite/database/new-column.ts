/** True for a statement of a migration that adds a column to a table that was there. */
export const isNewColumn = (sql: string): boolean => /^\s*alter\s+table\b[\s\S]*\badd\s+(?:column\b|[`"])/i.test(sql)
