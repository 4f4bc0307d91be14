import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { workflowSuite } from '../support/workflow-suite.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'tmp')

workflowSuite('SQLite', 'sqlite', () => {
  mkdirSync(FOLDER, { recursive: true })
  const path = join(FOLDER, `workflows-${process.pid}.db`)
  const remove = (): void => {
    for (const end of ['', '-shm', '-wal']) rmSync(path + end, { force: true })
  }
  remove()
  return { url: `sqlite:${path}`, drop: remove }
})

if (isReachable(postgres))
  workflowSuite('PostgreSQL', 'postgres', () => {
    const database = postgres.create('workflows')
    return { url: `postgres://postgres@127.0.0.1:5432/${database.name}`, drop: database.drop }
  })

if (isReachable(mysql))
  workflowSuite('MariaDB', 'mysql', () => {
    const database = mysql.create('workflows')
    return { url: `mysql://root@127.0.0.1:3306/${database.name}`, drop: database.drop }
  })
