import type { ResolvedConfig } from '../config/config.ts'
import type { AppIr, ObjectIr } from '../ir/object.ts'
import type { Span } from '../source/span.ts'
import type { PrintMemory } from './print-memory.ts'

/** One file of output, in memory. `path` is relative to the output folder, with forward slashes. */
export interface OutputFile {
  readonly path: string
  readonly text: string
  /** Lines of `text` (counted from 1) that came from a place in the input: feeds trace.json. */
  readonly trace?: readonly { readonly line: number; readonly path: string; readonly start: number }[]
}

/** The formulas of an object as SQL over its own table, for statements about one record. */
export interface FormulaTexts {
  /** A formula on SQLite. */
  text(field: string): string
  /** JSON of a whole record by database. */
  records(): Readonly<Record<'postgres' | 'mysql' | 'mariadb', string>>
}

/** What a target may know besides the IR. */
export interface EmitContext {
  /** Line of a span in its input file, counted from 1. */
  readonly lineOf: (span: Span) => number
  /** The output folder from the root of the project, with forward slashes. Default: `generated`. */
  readonly output?: string
  /** What was printed before, for a compiler that runs again and again. */
  readonly memory?: PrintMemory
  /** How formulas are printed; loaded for applications that have some. */
  readonly formulas?: (object: ObjectIr, objectByName: Pick<ReadonlyMap<string, ObjectIr>, 'get'>) => FormulaTexts
}

/** An emit target: a pure function from the IR to files. Reads no disk, no clock, no environment. */
export interface Target {
  readonly name: string
  readonly emit: (app: AppIr, config: ResolvedConfig, context: EmitContext) => readonly OutputFile[]
}
