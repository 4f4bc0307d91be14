import { diagnose } from '../../diagnostics/diagnose.ts'
import type { Json } from '../../source/json.ts'
import type { FieldIndex } from '../field-index.ts'
import type { LinkedField, LinkedSeed } from '../model.ts'
import { pointerStep } from '../pointer.ts'
import type { Report } from '../report.ts'
import { notesOnField } from '../suggest-field.ts'
import { suggestName } from '../suggest-name.ts'

/** Seed records keep their values; what they give that the object does not know is reported once per field or value. */
export function checkSeedValues(seed: LinkedSeed, fields: FieldIndex, report: Report): void {
  const seen = new Set<string>()
  for (const [index, record] of seed.records.entries()) {
    for (const [name, value] of Object.entries(record)) {
      const pointer = pointerStep(index) + pointerStep(name)
      const declared = fields.resolve(name)
      if (declared === undefined || (declared !== name && fields.get(name) === undefined)) {
        if (!seen.has(name)) reportUnknown(seed, name, pointer, fields, report)
        seen.add(name)
        continue
      }
      const field = fields.get(declared)
      if (field !== undefined) checkOptions(seed, field, value, pointer, seen, report)
    }
  }
}

function reportUnknown(seed: LinkedSeed, name: string, pointer: string, fields: FieldIndex, report: Report): void {
  const span = seed.spanOf(pointer)
  const notes = notesOnField(name, fields, span)
  report(diagnose('link/unknown-seed-field', span, { object: seed.object, name }, { notes }))
}

function checkOptions(seed: LinkedSeed, field: LinkedField, value: Json, pointer: string, seen: Set<string>, report: Report): void {
  const { options } = field
  if (options === undefined || options.length === 0 || field.type === 'tags') return
  for (const [index, item] of (Array.isArray(value) ? value : [value]).entries()) {
    const key = JSON.stringify([field.name, item])
    if (seen.has(key) || item === null || options.some((option) => option.value.value === item)) continue
    seen.add(key)
    const span = seed.spanOf(Array.isArray(value) ? pointer + pointerStep(index) : pointer)
    const name = typeof item === 'string' ? item : JSON.stringify(item)
    const suggestion = suggestName({ name, candidates: options.map((option) => String(option.value.value)), span })
    report(diagnose('link/seed-option', span, { value: name, field: field.name }, suggestion))
  }
}
