import type { Query, SlotValue } from '../../../runtime-lite/query/ast.ts'
import { sqliteDialect } from '../../../runtime-lite/query/print/sqlite.ts'
import { appIr } from '../ir.ts'
import type { Random } from '../random.ts'
import { type Answer as HttpAnswer, runningApp } from '../running-app.ts'
import { fill } from './answer.ts'
import type { CompiledWorld } from './engines.ts'
import type { Answer } from './interpret.ts'
import { OBJECTS, type World } from './world.ts'
import { writeDocument, writeUrl } from './write-language.ts'

/** A server on SQLite that is asked as clients ask: scanner, parsers, plans by shape and REST are part of it. */
export interface FrontEnd {
  /** Other records in place of those that were there. */
  fill(compiled: CompiledWorld, world: World): Promise<void>
  /** `seen` is told how the query was written. @throws Error for any answer but 200. */
  ask(random: Random, objectName: string, query: Query, values: readonly SlotValue[], seen: (written: string) => void): Promise<Answer>
  close(): Promise<void>
}

export async function frontEnd(): Promise<FrontEnd> {
  const api = { maxExpandDepth: 5, maxFilterDepth: 64, maxQueryCost: 1_000_000_000, maxUrlBytes: 1_000_000 }
  const bugs: unknown[] = []
  const { core, request, close } = await runningApp(appIr(OBJECTS), { api, onError: (error) => bugs.push(error) })
  // Circles of references are part of the tests.
  const { db } = core.embedded!
  db.exec('pragma foreign_keys = off')
  const read = ({ status, json, text }: HttpAnswer): Answer => {
    if (status === 200) return json as Answer
    throw new Error(`${status}: ${text}`, { cause: bugs.pop() })
  }
  return {
    async fill(compiled, world) {
      for (const name of world.rows.keys()) db.exec(`delete from "${name}"`)
      const run = async (statement: { readonly sql: string }, values: readonly unknown[]) => {
        db.prepare(statement.sql).run(...(values as (string | number | null)[]))
        return []
      }
      await fill({ name: 'front end', dialect: sqliteDialect, run, close: async () => undefined }, compiled, world)
    },
    async ask(random, objectName, query, values, seen) {
      if (random.chance(0.5)) {
        const target = `/api/${objectName}?${writeUrl(random, query, values)}`
        seen(`GET ${target}`)
        const answer = read(await request(target))
        // The second time, its plan is known.
        return random.chance(0.3) ? read(await request(target)) : answer
      }
      const body = writeDocument(random, query, values)
      seen(`POST ${objectName} ${JSON.stringify(body)}`)
      const headers = { 'content-type': 'application/json' }
      return read(
        random.chance(0.5)
          ? await request(`/api/${objectName}/query`, { method: 'POST', headers, body })
          : await request(`/api/${objectName}`, { method: 'QUERY', headers, body }),
      )
    },
    close,
  }
}
