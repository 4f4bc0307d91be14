import type { SeedSyntax } from '../2-parse/syntax.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { attachedObject } from './attach.ts'
import type { FieldIndex } from './field-index.ts'
import type { LinkedSeed } from './model.ts'
import type { ObjectIndex } from './object-index.ts'
import type { Report } from './report.ts'
import { suggestField } from './suggest-field.ts'

/** Seed records with the object they go into and the field that tells one from another. */
export function linkSeed(
  seed: SeedSyntax,
  objects: ObjectIndex,
  fieldsOf: (object: string) => FieldIndex | undefined,
  report: Report,
): LinkedSeed | undefined {
  const object = attachedObject(seed.object, 'this seed', 'link/unattached', objects, report)
  const fields = object === undefined ? undefined : fieldsOf(object)
  if (object === undefined || fields === undefined) return undefined
  const { mode, records, spanOf, span } = seed
  return { object, mode, records, spanOf, span, key: seedKey(seed, fields, report) }
}

function seedKey({ externalId, records }: SeedSyntax, fields: FieldIndex, report: Report): string {
  if (externalId !== undefined) {
    const name = fields.resolve(externalId.value)
    if (name !== undefined) return name
    const { value, span } = externalId
    const suggestion = suggestField(value, fields, span)
    report(diagnose('link/unknown-seed-key', span, { object: fields.object, name: value }, suggestion))
  }
  const hasIds = records.every((record) => Object.hasOwn(record, 'id'))
  return hasIds || fields.get('name') === undefined ? 'id' : 'name'
}
