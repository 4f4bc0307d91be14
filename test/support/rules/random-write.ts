import type { Random } from '../random.ts'
import type { Row } from './interpret-rules.ts'
import { FIELDS, type FieldName, randomValue } from './random-rules.ts'

/** One call that writes, of one record or of several. */
export type Write = { readonly ids: readonly string[] } & (
  | { readonly kind: 'create' | 'upsert'; readonly input: Row }
  | { readonly kind: 'createMany'; readonly inputs: readonly Row[] }
  | { readonly kind: 'update' | 'updateMany'; readonly patch: Row }
  | { readonly kind: 'increase'; readonly field: string; readonly amount: number }
  | { readonly kind: 'delete' | 'deleteMany' | 'restore' | 'purge' }
)

function randomRow(generator: Random, chance: number): Row {
  const row: Row = {}
  for (const field of Object.keys(FIELDS) as FieldName[]) if (generator.chance(chance)) row[field] = randomValue(generator, field)
  return row
}

export function randomWrite(generator: Random, rows: ReadonlyMap<string, Row>, fresh: string): Write {
  const ids = [...rows.keys()]
  const some = (): string[] => [...new Set([generator.pick(ids), generator.pick(ids)])].sort()
  const roll = ids.length < 2 ? generator.below(4) : generator.below(14)
  if (roll < 3) return { kind: 'create', ids: [fresh], input: { id: fresh, ...randomRow(generator, 0.7) } }
  if (roll === 3) {
    const inputs = Array.from({ length: 1 + generator.below(5) }, (_, at): Row => ({ id: `${fresh}_${at}`, ...randomRow(generator, 0.7) }))
    return { kind: 'createMany', ids: inputs.map(({ id }) => String(id)), inputs }
  }
  if (roll < 9) return { kind: 'update', ids: [generator.pick(ids)], patch: randomRow(generator, 0.25) }
  if (roll === 9) return { kind: 'updateMany', ids: some(), patch: { note: 'x', ...randomRow(generator, 0.2) } }
  if (roll === 10)
    return {
      kind: 'increase',
      ids: [generator.pick(ids)],
      field: generator.pick(['amount', 'limit']),
      amount: generator.pick([-10, 1, 50]),
    }
  if (roll === 11) {
    const id = generator.chance(0.5) ? generator.pick(ids) : fresh
    return { kind: 'upsert', ids: [id], input: { id, ...randomRow(generator, 0.4) } }
  }
  return roll === 12 ? { kind: 'delete', ids: [generator.pick(ids)] } : { kind: 'deleteMany', ids: some() }
}
