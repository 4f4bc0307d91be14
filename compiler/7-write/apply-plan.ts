import { pathsOf } from '../host/project-path.ts'
import { describeFailure } from './describe-failure.ts'
import type { Disk } from './disk.ts'
import type { ChangedFile, PlanRequest, WritePlan } from './plan-write.ts'

export interface ApplyRequest {
  readonly disk: Disk
  /** Absolute path of the output folder. */
  readonly output: string
  readonly plan: WritePlan
  readonly resolve: PlanRequest['resolve']
}

export type ApplyResult =
  | { readonly ok: true }
  /** `isRestored`: everything is as it was before. */
  | { readonly ok: false; readonly problem: string; readonly isRestored: boolean }

const STAGE = '.objectql-stage-'

/** A file, where its text is staged and where it goes. */
interface Move {
  readonly from: string
  readonly to: string
  readonly text: string
  readonly before: Uint8Array | undefined
}

/**
 * Puts a plan on disk, all or nothing. Every new file is first written into a stage folder, so that a full disk or a missing
 * permission shows before any old file is touched; then each is renamed into place, the list of owned files last.
 */
export function applyPlan({ disk, output, plan, resolve }: ApplyRequest): ApplyResult {
  const { dirname, join } = pathsOf(output)
  const isFresh = disk.stat(output) === undefined
  // A folder that does not exist yet is staged as a whole beside its place: one rename instead of one for every file.
  const stage = isFresh ? `${output}${STAGE}${process.pid}` : join(output, `${STAGE}${process.pid}`)
  const writes = [...plan.changed, ...(plan.manifest === undefined ? [] : [plan.manifest])]
  const inside = writes
    .filter(({ place }) => place !== 'beside')
    .map((file): Move => ({ ...move(file, resolve), from: join(stage, file.path) }))
  const beside = writes.filter(({ place }) => place === 'beside').map((file): Move => move(file, resolve))
  const undo = createUndo(disk, [stage, ...beside.map(({ from }) => from)])
  try {
    removeLeftovers(disk, [dirname(output), ...beside.map(({ to }) => dirname(to)), output])
    if (isFresh && inside.length > 0) undo.createFolder(dirname(output))
    for (const folder of foldersOf(inside.map(({ from }) => from))) disk.createFolder(folder)
    for (const { from, text } of [...inside, ...beside]) disk.create(from, text)
    const moves = isFresh ? beside : [...beside, ...inside]
    for (const folder of foldersOf(moves.map(({ to }) => to))) undo.createFolder(folder)
    for (const { to } of moves) if (disk.stat(to)?.isFile === false) throw Object.assign(new Error(), { code: 'EISDIR', path: to })
    for (const { from, to, before } of moves) {
      undo.restoreLater(to, before)
      disk.rename(from, to)
    }
    for (const { path, before } of plan.obsolete) {
      undo.restoreLater(resolve({ path }), before)
      disk.remove(resolve({ path }))
    }
    if (isFresh && inside.length > 0) disk.rename(stage, output)
  } catch (error) {
    return { ok: false, problem: describeFailure(error), isRestored: undo.run() }
  }
  if (!isFresh) disk.removeTree(stage)
  removeEmptyFolders(
    disk,
    output,
    plan.obsolete.map(({ path }) => path),
  )
  return { ok: true }
}

const move = (file: ChangedFile, resolve: PlanRequest['resolve']): Move => {
  const to = resolve(file)
  return { from: `${to}${STAGE}${process.pid}`, to, text: file.text, before: file.before }
}

interface Undo {
  /** Creates a folder that is removed again when all is undone. */
  createFolder(folder: string): void
  restoreLater(path: string, before: Uint8Array | undefined): void
  /** True when everything is as it was. */
  run(): boolean
}

function createUndo(disk: Disk, staged: readonly string[]): Undo {
  const steps: (() => void)[] = []
  const createdFolders: string[] = []
  return {
    createFolder(folder) {
      const missing: string[] = []
      const { dirname } = pathsOf(folder)
      for (let path = folder; disk.stat(path) === undefined && dirname(path) !== path; path = dirname(path)) missing.push(path)
      createdFolders.push(...missing.toReversed())
      if (missing.length > 0) disk.createFolder(folder)
    },
    restoreLater(path, before) {
      steps.push(() => restore(disk, path, before))
    },
    run() {
      let isRestored = true
      // The stage goes first: on a full disk that is the room the old files need.
      for (const step of [...staged.map((path) => () => disk.removeTree(path)), ...steps.toReversed()]) {
        try {
          step()
        } catch {
          isRestored = false
        }
      }
      for (const folder of createdFolders.toReversed()) disk.removeFolder(folder)
      return isRestored
    },
  }
}

function restore(disk: Disk, path: string, before: Uint8Array | undefined): void {
  const now = disk.read(path)
  if (before === undefined) {
    if (now !== undefined) disk.remove(path)
    return
  }
  if (now !== undefined && Buffer.from(before).equals(now)) return
  const temporary = `${path}${STAGE}${process.pid}`
  disk.create(temporary, before)
  disk.rename(temporary, path)
}

/** What a compile that was killed left behind. We hold the lock, so no other compile is using it. */
function removeLeftovers(disk: Disk, folders: readonly string[]): void {
  for (const folder of new Set(folders)) {
    for (const name of disk.list(folder) ?? []) if (/\.objectql-stage-\d+$/.test(name)) disk.removeTree(pathsOf(folder).join(folder, name))
  }
}

const foldersOf = (paths: readonly string[]): readonly string[] => [...new Set(paths.map((path) => pathsOf(path).dirname(path)))].sort()

function removeEmptyFolders(disk: Disk, output: string, removed: readonly string[]): void {
  const folders = new Set<string>()
  for (const path of removed) {
    const parts = path.split('/').slice(0, -1)
    for (let depth = parts.length; depth > 0; depth--) folders.add(parts.slice(0, depth).join('/'))
  }
  // Deepest first, so that a folder is empty by the time its turn comes.
  for (const folder of [...folders].sort((a, b) => b.split('/').length - a.split('/').length))
    disk.removeFolder(pathsOf(output).join(output, folder))
}
