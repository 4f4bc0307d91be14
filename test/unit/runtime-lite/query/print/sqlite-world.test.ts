import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe } from 'vitest'
import { sqliteDialect } from '../../../../../runtime-lite/query/print/sqlite.ts'
import { dialectFunctions } from '../../../../support/dialect-functions.ts'
import { dialectSuite } from '../../../../support/dialect-suite.ts'
import { DialectWorld, samples } from '../../../../support/dialect-world.ts'
import { random, testSeed } from '../../../../support/random.ts'

const seed = testSeed()

describe(`SQLite, seed ${seed}`, () => {
  const db = new DatabaseSync(':memory:')
  const world = new DialectWorld(
    {
      dialect: sqliteDialect,
      rows: (sql, _kinds, values) => {
        const statement = db.prepare(sql)
        statement.setReturnArrays(true)
        return Promise.resolve(statement.all(...values) as unknown as unknown[][])
      },
      script: (sql) => Promise.resolve(db.exec(sql)),
    },
    samples(random(seed)),
  )
  beforeAll(() => world.create())

  dialectSuite(() => world, seed)
  dialectFunctions(() => world, seed)
})
