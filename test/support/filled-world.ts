import { inspect, isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { Row } from './interpret-query.ts'
import type { Random } from './random.ts'
import { randomRecord } from './random-world.ts'
import type { RunningApp } from './running-app.ts'

/** Records for every object; references lead to records, to the record itself, in circles and to nothing. */
export async function filledWorld(
  generator: Random,
  app: RunningApp,
  objects: readonly { readonly name: string }[],
): Promise<Map<string, readonly Row[]>> {
  const rows = new Map<string, readonly Row[]>()
  const idsByObject = new Map(
    objects.map(({ name }) => [name, Array.from({ length: 10 + generator.below(50) }, (_, index) => oddId(generator, index))]),
  )
  // Dangling and circular references are part of the test, and a foreign key would refuse them.
  app.core.embedded!.db.exec('pragma foreign_keys = off')
  for (const object of objects as Parameters<typeof randomRecord>[1][]) {
    const inputs = idsByObject
      .get(object.name)!
      .map((id): { [field: string]: unknown } => ({ ...randomRecord(generator, object, (name) => idsByObject.get(name)!), id }))
    const created = await app.app.objects[object.name]!.createMany(inputs)
    for (const [index, record] of created.entries()) {
      for (const { name, isComputed } of object.fields) {
        const value = Object.hasOwn(inputs[index]!, name) ? inputs[index]![name] : null
        if (!isComputed && !isDeepStrictEqual(record[name], value))
          expect.fail(`${object.name}.${name}: wrote ${inspect(value)}, read ${inspect(record[name])}`)
      }
    }
    rows.set(object.name, created)
  }
  return rows
}

const oddId = (generator: Random, index: number): string => `${generator.pick(['', 'a', 'Ä', "'", '/', '名', '🔥', '%'])}${index}`
