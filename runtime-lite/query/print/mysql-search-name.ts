/**
 * The column MySQL computes for full-text search, in lower case because a binary collation tells cases apart. Its name depends on the columns
 * it is made of (FNV-1a): other columns, another column.
 */
export function mysqlSearchName(columns: readonly string[]): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(columns.join('\0'))) hash = Math.imul(hash ^ byte, 0x01000193)
  return `_search_${(hash >>> 0).toString(16).padStart(8, '0')}`
}
