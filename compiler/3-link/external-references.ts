import { diagnose } from '../diagnostics/diagnose.ts'
import { closestNames } from '../diagnostics/suggest.ts'
import type { Located, Span } from '../source/span.ts'
import { compareSpan, compareText } from './compare.ts'
import type { ObjectIndex } from './object-index.ts'
import type { Report } from './report.ts'
import { replaceName, suggestName } from './suggest-name.ts'

/** References that name no object, collected so that forty fields pointing at `users` make one warning and not forty. */
export interface ExternalReferences {
  readonly add: (reference: Located<string>) => void
  readonly reportAll: (objects: ObjectIndex, report: Report) => void
}

/** Further places that are shown; the rest is counted. */
const MOST_PLACES = 3

export function createExternalReferences(): ExternalReferences {
  const spansByName = new Map<string, Span[]>()
  return {
    add({ value, span }) {
      const spans = spansByName.get(value)
      if (spans === undefined) spansByName.set(value, [span])
      else spans.push(span)
    },
    reportAll(objects, report) {
      for (const [name, spans] of [...spansByName].sort(([a], [b]) => compareText(a, b))) {
        reportOne(name, spans.sort(compareSpan), objects, report)
      }
    },
  }
}

function reportOne(name: string, spans: readonly Span[], objects: ObjectIndex, report: Report): void {
  const [first, ...others] = spans
  if (first === undefined) return
  const { notes = [], fixes = [] } = suggestName({
    name,
    candidates: closestNames(name, objects.names),
    span: first,
    declaredAt: objects.spanOf,
  })
  const also = others.slice(0, MOST_PLACES).map((span) => ({ message: 'Also named here.', span }))
  const rest = others.length > MOST_PLACES ? [{ message: `Named in ${others.length - MOST_PLACES} more places.` }] : []
  const everywhere = fixes.map(({ title, edits }) => ({
    title: others.length === 0 ? title : `${title} everywhere`,
    edits: spans.flatMap((span) => edits.flatMap(({ newText }) => replaceName(span, name, newText).flatMap((fix) => fix.edits))),
  }))
  report(diagnose('link/external-reference', first, { name }, { notes: [...notes, ...also, ...rest], fixes: everywhere }))
}
