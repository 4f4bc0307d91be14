import { diagnose } from '../diagnostics/diagnose.ts'
import { closestNames, didYouMean } from '../diagnostics/suggest.ts'
import type { Located, Span } from '../source/span.ts'
import { compareSpan, compareText } from './compare.ts'
import type { ObjectIndex } from './object-index.ts'
import type { Report } from './report.ts'

/** References that name no object, collected so that forty fields pointing at `users` make one warning and not forty. */
export interface ExternalReferences {
  /** `isWholeValue`: the span covers this name and nothing else, so a fix may replace it. */
  readonly add: (reference: Located<string>, isWholeValue: boolean) => void
  readonly reportAll: (objects: ObjectIndex, report: Report) => void
}

interface Place {
  readonly span: Span
  readonly isWholeValue: boolean
}

/** Further places that are shown; the rest is counted. */
const MOST_PLACES = 3

export function createExternalReferences(): ExternalReferences {
  const placesByName = new Map<string, Place[]>()
  return {
    add({ value, span }, isWholeValue) {
      const places = placesByName.get(value)
      if (places === undefined) placesByName.set(value, [{ span, isWholeValue }])
      else places.push({ span, isWholeValue })
    },
    reportAll(objects, report) {
      for (const [name, places] of [...placesByName].sort(([a], [b]) => compareText(a, b))) {
        const sorted = places.sort((a, b) => compareSpan(a.span, b.span))
        reportOne(name, sorted, objects, report)
      }
    },
  }
}

function reportOne(name: string, places: readonly Place[], objects: ObjectIndex, report: Report): void {
  const [first, ...others] = places
  if (first === undefined) return
  const suggestion = didYouMean({ name, candidates: closestNames(name, objects.names), span: first.span, declaredAt: objects.spanOf })
  const also = others.slice(0, MOST_PLACES).map(({ span }) => ({ message: 'Also named here.', span }))
  const rest = others.length > MOST_PLACES ? [{ message: `Named in ${others.length - MOST_PLACES} more places.` }] : []
  const fixes = (suggestion.fixes ?? []).map(({ title, edits }) => ({
    title: others.length === 0 ? title : `${title} everywhere`,
    edits: places.flatMap(({ span }) => edits.map((edit) => ({ ...edit, span }))),
  }))
  const extras = {
    notes: [...(suggestion.notes ?? []), ...also, ...rest],
    fixes: places.every(({ isWholeValue }) => isWholeValue) ? fixes : [],
  }
  report(diagnose('link/external-reference', first.span, { name }, extras))
}
