import { FIELD_TYPES } from '../../compiler/ir/field-type.ts'
import type { AppIr, ReferenceIr } from '../../compiler/ir/object.ts'
import { appIr, type FieldSketch, objectIr } from './ir.ts'
import { random as seeded } from './random.ts'

/** Names that have broken a schema somewhere: keywords, quotes, spaces, dots, other scripts, far too long ones. */
export const HOSTILE_NAMES: readonly string[] = [
  ...'select from where group order table index primary references user case default check constraint values key position all'.split(' '),
  ...'xmin ctid oid rowid _rowid_ db_row_id fts_doc_id current_user row_number lead window trigger public optional pg_thing'.split(' '),
  'a"b',
  "it's",
  'back`tick',
  'semi;colon',
  'a.b',
  'a as b',
  'name desc',
  'new\nline',
  'tab\tbed',
  'per%cent',
  'q?mark',
  ':colon',
  '$1',
  '@at',
  '--dash',
  '/*star*/',
  'back\\slash',
  'trailing ',
  ' leading',
  '1digit',
  '客户名称',
  'größe',
  'grosse',
  'ÉCOLE',
  'ecole',
  '热门 🔥',
  'Имя',
  '__proto__',
  'constructor',
  'toString',
  'j',
  'body',
  't',
  't0',
  `${'long_'.repeat(40)}one`,
  `${'long_'.repeat(40)}two`,
  '客'.repeat(60),
  'é'.repeat(64),
]

/** An application with random objects, fields of every type, references (cycles, self, external), keys and indexes. */
export function randomApp(seed: number, { objects: count = 6, hostile = true } = {}): AppIr {
  const { below: int, pick, chance } = seeded(seed)
  const namesOf = (amount: number, prefix: string): string[] => {
    const names = new Map<string, string>()
    while (names.size < amount) {
      const name = hostile && chance(0.6) ? pick(HOSTILE_NAMES) : `${prefix}_${names.size}`
      names.set(name.toLowerCase(), names.get(name.toLowerCase()) ?? name)
    }
    return [...names.values()]
  }
  const objectNames = namesOf(count, 'object')
  const objects = objectNames.map((name) => {
    const fieldNames = namesOf(4 + int(24), 'field').filter((field) => !['id', 'created_at', 'updated_at', '_version'].includes(field))
    const fields: Record<string, FieldSketch> = Object.create(null) as Record<string, FieldSketch>
    for (const field of fieldNames) {
      const type = pick(FIELD_TYPES)
      const isReference = ['lookup', 'master_detail', 'tree', 'user'].includes(type)
      const reference: Partial<ReferenceIr> = chance(0.8)
        ? { object: pick(objectNames), onDelete: pick(['set-null', 'cascade', 'restrict'] as const) }
        : { authored: ['elsewhere'] }
      const isText = ['text', 'textarea', 'code', 'email', 'url'].includes(type)
      fields[field] = {
        type,
        isRequired: chance(0.3),
        isUnique: chance(0.15),
        ...(isReference ? { reference, isList: chance(0.2) } : {}),
        ...(isText && chance(0.5) ? { value: { kind: 'string', maxLength: pick([1, 20, 255, 256, 700, 5000, 70_000, 20_000_000]) } } : {}),
        ...(type === 'number' && chance(0.5)
          ? { value: { kind: 'number', isInteger: chance(0.5), scale: int(12), precision: int(40) } }
          : {}),
        annotations: chance(0.2) ? { index: true } : {},
      }
    }
    const stored = [...fieldNames, 'id', 'created_at']
    const indexes = Array.from({ length: int(6) }, (_, position) => ({
      name: hostile && chance(0.3) ? pick(HOSTILE_NAMES) : `index_${position}`,
      fields: [...new Set(Array.from({ length: 1 + int(4) }, () => pick(stored)))],
      isUnique: chance(0.3),
      ...(chance(0.2) ? { type: pick(['btree', 'hash', 'gin', 'gist', 'fulltext']) } : {}),
      ...(chance(0.2)
        ? {
            where: pick([
              'id is not null',
              "id = 'x' or created_at is null",
              'drop table x',
              "id in ('a', 'b') and not (id like 'c%')",
              '"id" <> "none"',
              "id = '",
            ]),
          }
        : {}),
    }))
    return objectIr({ name, fields, indexes, ...(chance(0.3) ? { description: `A "${name}"\n-- '; drop table x; --` } : {}) })
  })
  return appIr([...objects].sort((a, b) => (a.name < b.name ? -1 : 1)))
}
