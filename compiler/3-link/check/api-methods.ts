import { diagnose } from '../../diagnostics/diagnose.ts'
import { memberAttribute, spanOfAttribute } from '../attributes.ts'
import type { LinkedObject } from '../model.ts'
import type { Report } from '../report.ts'
import { notesOnName } from '../suggest-name.ts'

/** Operations any generation of the language knows; those this compiler does not serve yet are fine in a list. */
const API_METHODS: readonly string[] = [
  ...[
    'aggregate',
    'bulk',
    'create',
    'delete',
    'export',
    'get',
    'history',
    'import',
    'list',
    'purge',
    'restore',
    'search',
    'update',
    'upsert',
  ],
]

/** An allow-list that is misread would open or close the wrong door. */
export function checkApiMethods({ attributes, span: objectSpan, name: object }: LinkedObject, report: Report): void {
  const methods = memberAttribute(attributes, 'enable', 'apiMethods')
  if (methods === undefined || methods === null) return
  const span = spanOfAttribute(attributes, 'enable', objectSpan)
  for (const method of Array.isArray(methods) ? methods : [methods]) {
    const name = typeof method === 'string' ? method : JSON.stringify(method)
    if (API_METHODS.includes(name)) continue
    const notes = notesOnName({ name, candidates: API_METHODS, span })
    report(diagnose('link/unknown-api-method', span, { object, method: name }, { notes }))
  }
}
