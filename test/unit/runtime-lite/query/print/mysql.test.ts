import { type Connection, createConnection, TypedParameter } from 'mysql2/promise'
import { afterAll, beforeAll, describe } from 'vitest'
import { mysqlDialect } from '../../../../../runtime-lite/query/print/mysql.ts'
import { isReachable, mysql, type ScratchDatabase } from '../../../../support/database-servers.ts'
import { dialectFunctions } from '../../../../support/dialect-functions.ts'
import { dialectSuite } from '../../../../support/dialect-suite.ts'
import { DialectWorld, samples } from '../../../../support/dialect-world.ts'
import { random, testSeed } from '../../../../support/random.ts'

const seed = testSeed()

describe.skipIf(!isReachable(mysql))(`MariaDB, seed ${seed}`, () => {
  let database: ScratchDatabase
  let client: Connection
  let world: DialectWorld

  beforeAll(async () => {
    database = mysql.create('dialect')
    client = await createConnection({
      host: '127.0.0.1',
      user: process.env['MYSQL_USER'] ?? 'root',
      database: database.name,
      charset: 'utf8mb4_bin',
      timezone: 'Z',
      multipleStatements: true,
      jsonStrings: true,
    })
    await client.query("set time_zone = '+00:00', group_concat_max_len = 4294967295")
    const rows = samples(random(seed))
    world = new DialectWorld(
      {
        dialect: mysqlDialect('mariadb'),
        async rows(sql, kinds, values) {
          const typed = values.map((value, index) =>
            typeof value === 'number' && kinds[index] !== 'real' ? TypedParameter.LONGLONG(BigInt(value)) : value,
          )
          const [found] = await client.execute({ sql, rowsAsArray: true, values: typed as never })
          return found as unknown as unknown[][]
        },
        script: async (sql) => void (await client.query(sql)),
      },
      rows,
    )
    await world.create()
  })

  afterAll(async () => {
    await client.end()
    database.drop()
  })

  dialectSuite(() => world, seed)
  dialectFunctions(() => world, seed)
})
