import { diagnose } from '../../diagnostics/diagnose.ts'
import { pluralOf } from '../../ir/plural.ts'
import type { Span } from '../../source/span.ts'
import { compareSpan } from '../compare.ts'
import type { Model } from '../model.ts'
import type { Report } from '../report.ts'

/** One warning per kind of metadata that is read and linked but has no effect yet, so that nobody relies on it in silence. */
export function checkNotEnforced(model: Model, report: Report): void {
  const documents = (type: string): readonly Span[] => model.documents.filter((document) => document.type === type).map(({ span }) => span)
  const kinds: readonly (readonly [singular: string, places: readonly Span[]])[] = [['permission document', documents('permission')]]
  for (const [singular, places] of kinds) {
    const [first] = [...places].sort(compareSpan)
    if (first === undefined) continue
    const what = places.length === 1 ? `1 ${singular}` : `${places.length} ${pluralOf(singular)}`
    report(diagnose('link/not-enforced', first, { what }))
  }
}
