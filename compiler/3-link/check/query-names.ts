import { diagnose } from '../../diagnostics/diagnose.ts'
import type { LinkedObject, LinkedQuery } from '../model.ts'
import type { Report } from '../report.ts'
import { isLegalName } from './legal-name.ts'

/** A named query is a segment of a URL and a function of the SDK: `open_of_owner` and `openOfOwner` would be one there. */
export function checkQueryNames({ queries }: LinkedObject, report: Report): void {
  const queryByFold = new Map<string, LinkedQuery>()
  for (const query of queries) {
    const { value: name, span } = query.name
    if (!isLegalName(name)) report(diagnose('link/illegal-name', span, { what: 'query', name }))
    for (const param of query.params)
      if (!isLegalName(param.name)) report(diagnose('link/illegal-name', param.span, { what: 'parameter', name: param.name }))
    const folded = name.replace(/[_-]/g, '').toLowerCase()
    const twin = queryByFold.get(folded)
    if (twin === undefined) queryByFold.set(folded, query)
    else {
      const notes = [{ message: `"${twin.name.value}" is declared here.`, span: twin.name.span }]
      report(diagnose('link/duplicate-query', span, { name, other: twin.name.value }, { notes }))
    }
  }
}
