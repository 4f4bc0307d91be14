import type { AnyModel, ObjectCalls } from '../../runtime-lite/types/index.ts'
import type { TypedObject } from '../spec/typed-api.ts'
import { recordsOf } from './records-of.ts'

/** Ids that one filter names; a statement takes a limited number of values. */
const MOST_IDS = 500

/**
 * The records with these ids, by id: one statement for a page of them, in place of one for each. Ids twice, null and undefined are left out, and so are ids without a
 * record: `const owners = await findByIds(api.object('user'), tasks.map(({ owner }) => owner))`.
 */
export function findByIds<Model extends AnyModel, Queries, Actions>(
  source: ObjectCalls<Model, Queries, Actions>,
  ids: Iterable<string | null | undefined>,
): Promise<ReadonlyMap<string, Model['record']>>
export function findByIds<Record>(
  source: TypedObject<Record>,
  ids: Iterable<string | null | undefined>,
): Promise<ReadonlyMap<string, Record>>
export async function findByIds(source: unknown, ids: Iterable<string | null | undefined>): Promise<ReadonlyMap<string, unknown>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null && id !== undefined)
  const found = new Map<string, unknown>()
  for (let from = 0; from < wanted.length; from += MOST_IDS) {
    const some = wanted.slice(from, from + MOST_IDS)
    let left = some.length
    for await (const rows of recordsOf(source as TypedObject<{ id: string }>)
      .where({ id: { $in: some } })
      .batches()) {
      for (const row of rows) found.set(row.id, row)
      left -= rows.length
      if (left === 0) break
    }
  }
  return found
}
