import type { ExternalReferences } from './external-references.ts'
import type { ObjectIndex } from './object-index.ts'
import type { Report } from './report.ts'

/** What linking a part of one object needs to know about the rest of the app. */
export interface LinkContext {
  readonly objects: ObjectIndex
  readonly external: ExternalReferences
  readonly report: Report
}
