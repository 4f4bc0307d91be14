import { Client } from 'pg'
import { afterAll, beforeAll, describe } from 'vitest'
import { postgresDialect } from '../../../../../runtime-lite/query/print/postgres.ts'
import { isReachable, postgres, type ScratchDatabase } from '../../../../support/database-servers.ts'
import { dialectFunctions } from '../../../../support/dialect-functions.ts'
import { dialectSuite } from '../../../../support/dialect-suite.ts'
import { DialectWorld, samples } from '../../../../support/dialect-world.ts'
import { random, testSeed } from '../../../../support/random.ts'

const seed = testSeed()

describe.skipIf(!isReachable(postgres))(`PostgreSQL, seed ${seed}`, () => {
  let database: ScratchDatabase
  let client: Client
  let world: DialectWorld

  beforeAll(async () => {
    database = postgres.create('dialect')
    client = new Client({ host: process.env['PGHOST'] ?? '127.0.0.1', user: process.env['PGUSER'] ?? 'postgres', database: database.name })
    await client.connect()
    const rows = samples(random(seed))
    world = new DialectWorld(
      {
        dialect: postgresDialect,
        rows: async (text, _kinds, values) => (await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' })).rows,
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
