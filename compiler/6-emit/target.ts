import type { AppIr } from '../ir/object.ts'
import type { ResolvedConfig } from '../config/config.ts'

/** One file of output, in memory. `path` is relative to the output folder, with forward slashes. */
export interface OutputFile {
  readonly path: string
  readonly text: string
  /** Lines of `text` that came from a place in the input: feeds trace.json. */
  readonly trace?: readonly { readonly line: number; readonly path: string; readonly start: number }[]
}

/** An emit target: a pure function from the IR to files. Reads no disk, no clock, no environment. */
export interface Target {
  readonly name: string
  readonly emit: (app: AppIr, config: ResolvedConfig) => readonly OutputFile[]
}
