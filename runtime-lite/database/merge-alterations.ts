const NAME = '`(?:[^`]|``)+`'
const CREATE_INDEX = new RegExp(`^create (unique |fulltext )?index (${NAME}) on (${NAME}) (\\(.+\\))$`, 's')
const ADD_CONSTRAINT = new RegExp(`^alter table (${NAME}) (add constraint .+)$`, 's')

/** Indexes and foreign keys of one table in one statement: MySQL copies or locks a table for each, and commits in between. */
export function mergeAlterations(statements: readonly string[]): readonly string[] {
  const byTable = new Map<string, string[]>()
  const others: string[] = []
  for (const statement of statements) {
    const index = CREATE_INDEX.exec(statement)
    const constraint = index ? null : ADD_CONSTRAINT.exec(statement)
    const table = index?.[3] ?? constraint?.[1]
    if (table === undefined) others.push(statement)
    else {
      const clause = index ? `add ${index[1] ?? ''}index ${index[2]} ${index[4]}` : (constraint?.[2] ?? '')
      byTable.set(table, [...(byTable.get(table) ?? []), clause])
    }
  }
  return [...others, ...Array.from(byTable, ([table, clauses]) => `alter table ${table} ${clauses.join(', ')}`)]
}
