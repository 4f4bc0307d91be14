import type { Typed } from '../expression/typed.ts'

/** When a hook is called. */
export type HookCondition =
  /** An expression over the record of the operation. */
  | { readonly kind: 'expression'; readonly source: string; readonly holds: Typed }
  /** A function of the schemas. */
  | { readonly kind: 'function'; readonly exportPath: string; readonly facts?: HandlerFacts }
  /** It never holds, or could not be compiled: the hook is left out. */
  | { readonly kind: 'never' }

/** A field as a function names it: offsets into its module. */
export interface NamedField {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Another object that a function reads or writes, and the fields of it that stand in the call. */
export interface NamedCall {
  readonly object: NamedField
  readonly fields: readonly NamedField[]
}

/** What is known about a function of the schemas from reading it. */
export interface HandlerFacts {
  /** Proven never to give a promise and never to read or write other records. */
  readonly isSynchronous: boolean
  /** Proven to give a promise, whatever goes wrong in it. */
  readonly isAsync?: true
  /** Proven to come to its end, looking at nothing but the record that is written: what it stands behind need not wait for it. */
  readonly cannotFail?: true
  /** Of a middleware: proven to give what `next` gives or a value of its own, at once. */
  readonly passesOn?: true
  /** Of a middleware: proven not to call `next` a second time. */
  readonly callsNextOnce?: true
  /** It may look at the record as it was. */
  readonly usesPrevious: boolean
  /** It may leave out the hooks after it. */
  readonly stops: boolean
  /** It may take fields out of the record that is written. */
  readonly removes: boolean
  /** Fields of the record that it names, and where. */
  readonly fields?: readonly NamedField[]
  /** Objects and fields that stand literally where it reads and writes other records. */
  readonly calls?: readonly NamedCall[]
  /** Objects it writes, as it spells them. */
  readonly writes: readonly string[]
  /** An import of its module that the server would not find: it cannot be called. */
  readonly missing?: string
  /** Where it begins, from 1; absent when it was not found. */
  readonly line?: number
}

/** A module of handlers that is printed once more, since Node would not load it as it is. */
export interface ModuleIr {
  readonly source: string
  /** Relative to the output folder. */
  readonly path: string
  /** JavaScript. Imports of modules that stay where they are begin with `source:`. */
  readonly code: string
  readonly mappings: string
}
