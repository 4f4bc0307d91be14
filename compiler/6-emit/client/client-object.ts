import type { Sym } from '../../code/code.ts'
import type { ObjectIr } from '../../ir/object.ts'
import type { TypeNames } from '../objects/type-names.ts'
import type { Operation } from './operation.ts'

export const RUNTIME = 'objectql/client'

/** The parts of the client that the target prints for one object. */
export interface ClientObject {
  readonly object: ObjectIr
  readonly names: TypeNames
  readonly operations: readonly Operation[]
  readonly path: string
  readonly model: Sym
}
