import type { Root, ValueType } from './typed.ts'

/** A field as expressions see it. */
export interface ExpressionField {
  readonly type: ValueType
  /** Object a lookup leads to. */
  readonly target?: string
  /** It leads to records, but nobody knows of which object: of several, or of another application. */
  readonly isOpen?: true
  /** Never read back: passwords and the like. */
  readonly isSecret?: true
  readonly options?: readonly (string | number)[]
}

/** What an expression is checked against. */
export interface ExpressionSchema {
  readonly object: string
  /** What `previous` is a record of, where that is another object: filters over related records call the written record so. */
  readonly previousObject?: string
  readonly field: (object: string, name: string) => ExpressionField | undefined
  readonly fieldNames: (object: string) => readonly string[]
  /** Lookups that `parent` may stand for, in the object's order: those of the type `master_detail`. */
  readonly parentsOf?: (object: string) => readonly string[]
  /** Object of `current_user`, if the application has one. */
  readonly userObject?: string
  /** What the place lets expressions name. Formulas: the record alone. */
  readonly roots: ReadonlySet<Root>
  /** Numbers that are null count as 0. */
  readonly isBlankZero: boolean
}
