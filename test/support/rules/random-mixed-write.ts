import { randomJson } from '../json-schema/random-schema.ts'
import type { Random } from '../random.ts'
import { MIXED_FIELDS, randomValue, typeOf } from './random-rules.ts'
import type { Write } from './random-write.ts'
import type { Row } from './rule-world.ts'

/** What there is to write to. */
export interface Stored {
  readonly rows: ReadonlyMap<string, Row>
  readonly trashed: ReadonlyMap<string, Row>
  readonly keepers: ReadonlyMap<string, Row>
}

export function randomMixedWrite(random: Random, { rows, trashed, keepers }: Stored, fresh: string): Write {
  const ids = [...rows.keys()]
  const value = (field: string) => {
    const one = randomValue(random, field, () => randomJson(random))
    // Nothing comes to refer to what is in the trash.
    return typeof one === 'string' && typeOf(field) === 'keeper' && !keepers.has(one) ? null : one
  }
  const row = (chance: number): Row =>
    Object.fromEntries(Object.keys(MIXED_FIELDS).flatMap((field) => (random.chance(chance) ? [[field, value(field)]] : [])))
  const some = (): string[] => [...new Set([random.pick(ids), random.pick(ids)])].sort()
  const roll = ids.length < 2 ? random.below(4) : random.below(16)
  if (roll < 3) return { kind: 'create', ids: [fresh], input: { id: fresh, ...row(0.7) } }
  if (roll === 3) {
    const inputs = Array.from({ length: 1 + random.below(5) }, (_, at): Row => ({ id: `${fresh}_${at}`, ...row(0.7) }))
    return { kind: 'createMany', ids: inputs.map(({ id }) => String(id)), inputs }
  }
  if (roll < 9) return { kind: 'update', ids: [random.pick(ids)], patch: row(0.2) }
  if (roll === 9) return { kind: 'updateMany', ids: some(), patch: { note: 'x', ...row(0.15) } }
  if (roll === 10)
    return { kind: 'increase', ids: [random.pick(ids)], field: random.pick(['amount', 'limit']), amount: random.pick([-10, 1, 50]) }
  if (roll === 11) {
    const id = random.chance(0.5) ? random.pick(ids) : fresh
    return { kind: 'upsert', ids: [id], input: { id, ...row(0.4) } }
  }
  const gone = [...trashed.keys()]
  if (roll > 13 && gone.length > 0) return { kind: random.pick(['restore', 'restore', 'purge'] as const), ids: [random.pick(gone)] }
  if (roll === 12) return { kind: 'deleteMany', ids: some() }
  return { kind: roll === 15 ? 'purge' : 'delete', ids: [random.pick(ids)] }
}
