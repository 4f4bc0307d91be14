import type { FileStat } from '../7-write/disk.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { fromProjectPath, toProjectPath } from '../host/project-path.ts'
import type { Observation } from './observation.ts'

/**
 * What the last successful compile saw and made, kept in `.objectql/` (ignored by git). It only ever saves work: without
 * it, or with any doubt about it, everything is compiled.
 */
export interface CompileState {
  readonly schemaVersion: 1
  /** Identity of the compiler and of the options. Another one: start over. */
  readonly key: string
  readonly inputs: readonly StateEntry[]
  readonly outputs: readonly StateEntry[]
  readonly summary: CompileSummary
}

/** What an unchanged compile has to tell. */
export interface CompileSummary {
  readonly objectCount: number
  readonly diagnostics: readonly Diagnostic[]
  /** Path of the output folder relative to the project root. */
  readonly output: string
}

/** An observation as an array, for there are thousands: kind, path relative to the root, answer, and the stat if it proves anything. */
export type StateEntry = readonly [
  kind: Observation['kind'],
  path: string,
  answer: string | null,
  size?: number,
  modified?: number,
  changed?: number,
  id?: number,
]

export function toEntry({ kind, path, answer, stat }: Observation, root: string): StateEntry {
  const relative = toProjectPath(root, path)
  if (stat === undefined || answer === undefined) return [kind, relative, answer ?? null]
  return [kind, relative, answer, stat.size, stat.modified, stat.changed, stat.id]
}

export function fromEntry([kind, path, answer, size, modified, changed, id]: StateEntry, root: string): Observation {
  const isComplete = size !== undefined && modified !== undefined && changed !== undefined && id !== undefined
  const stat: FileStat | undefined = isComplete ? { isFile: kind === 'file', size, modified, changed, id } : undefined
  return { kind, path: fromProjectPath(root, path), answer: answer ?? undefined, stat }
}
