import { DatabaseSync } from 'node:sqlite'

export interface CountedStatements {
  readonly db: DatabaseSync
  /** What ran while `work` did, without the ends of transactions: verb and table of each. */
  of(work: () => Promise<unknown>): Promise<readonly string[]>
}

/** A database in memory that says which statements ran. */
export function countedStatements(): CountedStatements {
  const db = new DatabaseSync(':memory:')
  const counted: string[] = []
  const prepare = db.prepare.bind(db)
  db.prepare = (sql: string) => {
    const statement = prepare(sql)
    for (const name of ['all', 'get', 'run', 'iterate'] as const) {
      const plain = statement[name].bind(statement) as (...values: never[]) => never
      statement[name] = ((...values: never[]) => {
        counted.push(sql)
        return plain(...values)
      }) as never
    }
    return statement
  }
  return {
    db,
    async of(work) {
      counted.length = 0
      await work()
      return counted.flatMap((sql) => {
        const found = /^(insert|update|delete|select)(?: into| from| .*? from)? "(\w+)"/s.exec(sql)
        return found ? [`${found[1]} ${found[2]}`] : []
      })
    },
  }
}
