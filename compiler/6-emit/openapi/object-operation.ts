import type { ResolvedApiConfig } from '../../config/config.ts'
import type { ObjectIr } from '../../ir/object.ts'
import type { Components, JsonMap, Reference } from './components.ts'
import type { SchemaNames } from './document-context.ts'
import type { ParameterName } from './parameters.ts'
import type { RecordAnswers } from './record-answers.ts'
import type { ProblemStatus } from './responses.ts'

/** What all operations of one object have at hand. Texts are printed JSON. */
export interface Scope {
  readonly object: ObjectIr
  readonly use: Components
  readonly api: ResolvedApiConfig
  readonly names: SchemaNames
  readonly record: Reference
  readonly recordExample: string
  readonly answers: RecordAnswers
}

export interface Operation {
  readonly id: string
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly ParameterName[]
  /** Parameters that no other operation has. */
  readonly ownParameters?: readonly JsonMap[]
  readonly requestBody?: string
  /** Status and text of the answers that are no problem. */
  readonly answers: readonly (readonly [status: number, text: string])[]
  readonly problems: readonly ProblemStatus[]
  /** In place of the 422 that all objects share. */
  readonly refused?: Reference | undefined
}
