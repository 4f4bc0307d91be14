import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { hasErrors } from '../diagnostics/sort-diagnostics.ts'
import { pathsOf } from '../host/project-path.ts'
import type { KnownText } from '../incremental/memory.ts'
import { settledStat } from '../incremental/observation.ts'
import { Span } from '../source/span.ts'
import { applyPlan } from './apply-plan.ts'
import { describeFailure } from './describe-failure.ts'
import type { Disk } from './disk.ts'
import { isReworded } from './is-reworded.ts'
import { MANIFEST_NAME } from './manifest.ts'
import { planWrite, type WantedFile, type WritePlan } from './plan-write.ts'

export interface WriteRequest {
  readonly disk: Disk
  /** Absolute path of the project root. */
  readonly root: string
  /** Absolute path of the output folder. */
  readonly output: string
  readonly files: readonly WantedFile[]
  /** Overwrite files that are not ours. */
  readonly force?: boolean
  /** `check`: compare and report what is stale, write nothing. */
  readonly mode?: 'write' | 'check'
  /** Files as they were last written or compared. Brought up to date. */
  readonly known?: Map<string, KnownText> | undefined
}

/** Absolute path of a file. Paths of output files are normal already: there are thousands, and joining is not free. */
export function targetPath(
  { path, place }: Pick<WantedFile, 'path' | 'place'>,
  { root, output }: Pick<WriteRequest, 'root' | 'output'>,
): string {
  if (place === 'beside') return pathsOf(root).join(root, path)
  return path === '' ? output : `${output}${pathsOf(root).sep}${path}`
}

/** Paths are relative to the project root, with forward slashes. */
export interface WriteReport {
  readonly written: readonly string[]
  /** Those of them that differ from the files before in comments alone. Looked for where files are known, for who compiles again and again. */
  readonly reworded: readonly string[]
  readonly unchanged: readonly string[]
  readonly removed: readonly string[]
  /** Content hashes of all files as they are on disk now, the list of owned files included, by absolute path. */
  readonly hashByTarget: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
}

/** Compares the files with the disk, writes those that differ, and deletes those of ours that nothing produces any more. */
export function writeFiles(request: WriteRequest): WriteReport {
  const { disk, root, output, files, force = false } = request
  const resolve = (file: Pick<WantedFile, 'path' | 'place'>): string => targetPath(file, { root, output })
  const shownOutput = pathsOf(root).relative(root, output).replaceAll('\\', '/')
  const display = ({ path, place }: Pick<WantedFile, 'path' | 'place'>): string =>
    place === 'beside' || shownOutput === '' ? path : path === '' ? shownOutput : `${shownOutput}/${path}`
  const fail = (problem: string): WriteReport => nothing([diagnose('write/failed', Span.file(display({ path: '' })), { problem })])
  let plan: WritePlan
  try {
    plan = planWrite({ disk, files, resolve, display, force, known: request.known })
  } catch (error) {
    return fail(describeFailure(error))
  }
  const unchanged = plan.unchanged.map((path) => display({ path }))
  if (request.mode === 'check') return { ...nothing(staleFiles(plan, display)), unchanged }
  if (hasErrors(plan.diagnostics)) return nothing(plan.diagnostics)
  if (plan.changed.length + plan.obsolete.length > 0 || plan.manifest !== undefined) {
    const applied = applyPlan({ disk, output, plan, resolve })
    if (!applied.ok && applied.isRestored) return fail(applied.problem)
    if (!applied.ok) return nothing([diagnose('write/rolled-back-partly', Span.file(display({ path: '' })), { problem: applied.problem })])
  }
  if (request.known !== undefined) learn(request.known, request, plan, resolve)
  return {
    written: [...plan.changed, ...(plan.manifest === undefined ? [] : [plan.manifest])].map(display),
    reworded: request.known === undefined ? [] : plan.changed.filter(isReworded).map(display),
    unchanged,
    removed: plan.obsolete.map(display),
    hashByTarget: plan.hashByTarget,
    diagnostics: plan.diagnostics,
  }
}

/** Remembers what every file holds now. A file that changed a moment ago proves nothing, and is compared the next time. */
function learn(
  known: Map<string, KnownText>,
  { disk, files }: WriteRequest,
  plan: WritePlan,
  resolve: (file: Pick<WantedFile, 'path' | 'place'>) => string,
): void {
  const changed = new Set(plan.changed.map(resolve))
  for (const { path } of plan.obsolete) known.delete(resolve({ path }))
  for (const file of files) {
    const path = resolve(file)
    if (known.get(path)?.text === file.text && !changed.has(path)) continue
    const stat = settledStat(disk.stat(path))
    const hash = plan.hashByTarget.get(path)
    if (stat === undefined || hash === undefined) known.delete(path)
    else known.set(path, { text: file.text, hash, stat })
  }
}

const nothing = (diagnostics: readonly Diagnostic[]): WriteReport => ({
  written: [],
  reworded: [],
  unchanged: [],
  removed: [],
  hashByTarget: new Map(),
  diagnostics,
})

function staleFiles(plan: WritePlan, display: (file: Pick<WantedFile, 'path' | 'place'>) => string): readonly Diagnostic[] {
  const stale = (file: Pick<WantedFile, 'path' | 'place'>, state: string): Diagnostic =>
    diagnose('write/stale', Span.file(display(file)), { path: display(file), state })
  return [
    ...plan.changed.map((file) => stale(file, file.before === undefined ? 'missing' : 'out of date')),
    ...plan.obsolete.map((file) => stale(file, 'no longer generated')),
    ...(plan.manifest !== undefined
      ? [stale({ path: MANIFEST_NAME }, plan.manifest.before === undefined ? 'missing' : 'out of date')]
      : []),
  ]
}
