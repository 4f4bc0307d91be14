import type { ObjectIr } from '../../ir/object.ts'
import { createPiece, type Piece } from './components.ts'
import type { DocumentContext } from './document-context.ts'
import { objectPaths } from './object-paths.ts'
import { recordSchema } from './object-schemas.ts'

/** Everything the document says about one object; nothing in it depends on other objects but their names. */
export interface ObjectPiece {
  /** Members of `paths`, printed. */
  readonly paths: readonly string[]
  readonly operationIds: readonly string[]
  /** What the paths refer to. */
  readonly api: Piece
  /** The schema of a record: other objects need it even where this one has no paths. */
  readonly record: Piece
}

export function objectPiece(object: ObjectIr, context: DocumentContext): ObjectPiece {
  const record = createPiece(context.sharedName)
  const names = context.namesOf(object)
  record.own('schemas', names.record, () => recordSchema(object, { use: record, optionOf: names.optionOf, recordName: context.recordName }))
  const api = createPiece(context.sharedName)
  return { ...objectPaths(object, names, { ...context, use: api }), api, record }
}
