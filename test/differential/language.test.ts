import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { answer, fill, plannerOf } from '../support/language/answer.ts'
import { difference } from '../support/language/difference.ts'
import { compiledWorld, sqliteEngine } from '../support/language/engines.ts'
import { frontEnd } from '../support/language/front-end.ts'
import { interpret } from '../support/language/interpret.ts'
import { randomLanguageQuery } from '../support/language/random-language.ts'
import { remoteEngines } from '../support/language/remote-engines.ts'
import { OBJECTS, randomRows, type World } from '../support/language/world.ts'
import { random, testSeed } from '../support/random.ts'

const CASES = Number(process.env['OBJECTQL_CASES'] ?? 10_000)
/** The share of queries that a server is asked, too, as clients write them. */
const WRITTEN = 0.3
/** Fresh data after so many queries. */
const QUERIES_PER_WORLD = 500

/** The whole language against the interpreter, the same cases on every database that answers, and in all spellings over HTTP. */
test('every database answers as the interpreter does', async () => {
  const seed = testSeed()
  console.log(`language: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${CASES}`)
  const generator = random(seed)
  const writer = random(seed + 1)
  const compiled = await compiledWorld(OBJECTS)
  const remote = await remoteEngines(compiled, 'language')
  const server = await frontEnd()
  let found = 0
  const failures: string[] = []
  try {
    for (let done = 0; done < CASES; ) {
      const world: World = { objects: new Map(OBJECTS.map((object) => [object.name, object])), rows: completed(randomRows(generator, 25)) }
      const embedded = sqliteEngine(compiled)
      const engines = [embedded, ...remote]
      try {
        for (const engine of remote) engine.reset()
        await Promise.all([server.fill(compiled, world), ...engines.map((engine) => fill(engine, compiled, world))])
        const planners = new Map(engines.map((engine) => [engine, plannerOf(engine, compiled)]))
        for (let index = 0; index < QUERIES_PER_WORLD && done < CASES; index++, done++) {
          const object = generator.pick(OBJECTS)
          // What only formulas have cannot be written.
          const isWritten = writer.chance(WRITTEN)
          const { query, values } = randomLanguageQuery(generator, world, object, !isWritten)
          const expected = interpret(world, object.name, query, values)
          if (expected.items.length > 0) found++
          const judged = engines.map(async (engine) => {
            let sql = ''
            const found = await answer(engine, planners.get(engine)!, compiled, object.name, query, values, (plan) => {
              sql = plan.main.sql
            }).catch((error: Error) => error)
            const parted = found instanceof Error ? told(found) : difference(expected, found)
            if (parted === undefined) return
            const place = `Seed ${seed}, case ${done}, ${engine.name}, ${object.name}: ${sql}`
            failures.push(`${place}\n${inspect({ query, values }, { depth: 30 })}\n${parted}`)
          })
          await Promise.all(judged)
          if (!isWritten) continue
          let written = ''
          const answered = await server
            .ask(writer, object.name, query, values, (text) => {
              written = text
            })
            .catch((error: Error) => error)
          const parted = answered instanceof Error ? told(answered) : difference(expected, answered)
          if (parted !== undefined) failures.push(`Seed ${seed}, case ${done}, HTTP: ${written}\n${parted}`)
        }
      } finally {
        await embedded.close()
      }
    }
  } finally {
    for (const engine of [server, ...remote]) await engine.close()
  }
  // The shortest tell most.
  const shown = failures.toSorted((a, b) => a.length - b.length).slice(0, 5)
  expect(shown, `${failures.length} of ${CASES} cases\n${shown.join('\n\n')}`).toEqual([])
  // A generator whose conditions hold for nothing would prove little.
  expect(found).toBeGreaterThan(CASES / 3)
}, 1_200_000)

/** An error with what is behind it. */
const told = (error: Error): string => `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`

/** Stamps as the server would make them. */
function completed(rows: ReturnType<typeof randomRows>): World['rows'] {
  for (const list of rows.values())
    for (const row of list) Object.assign(row, { created_at: '2024-05-01T00:00:00.000Z', updated_at: '2024-05-02T10:00:00.500Z' })
  return rows
}
