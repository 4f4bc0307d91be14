import { join } from 'node:path'
import { contentHash } from './7-write/content-hash.ts'
import type { Disk } from './7-write/disk.ts'
import { createHostDisk } from './7-write/host-disk.ts'
import { withLock } from './7-write/lock.ts'
import { nodeDisk } from './7-write/node-disk.ts'
import type { CompileOptions, CompileResult } from './compile-result.ts'
import { findProject, type Project } from './config/load-config.ts'
import { diagnose } from './diagnostics/diagnose.ts'
import { hasErrors } from './diagnostics/sort-diagnostics.ts'
import type { Host } from './host/host.ts'
import { createNodeHost } from './host/node-host.ts'
import { fromProjectPath, pathsOf, toProjectPath } from './host/project-path.ts'
import type { SessionMemory } from './incremental/memory.ts'
import type { Observation } from './incremental/observation.ts'
import { type RecordPlace, readRecord, STATE_FOLDER } from './incremental/record.ts'
import { compilerFingerprint } from './package-identity.ts'
import { Span } from './source/span.ts'

/** Longer than any compile: after this, something is wrong with the other one. */
const LOCK_TIMEOUT_MS = 60_000

/** One compile of one project. */
export interface ProjectRun {
  readonly options: CompileOptions
  readonly project: Project
  /** Absolute path of the folder the project was looked for from. */
  readonly cwd: string
  readonly host: Host
  readonly disk: Disk
  /** Absolute path of the output folder, when it was given by hand. */
  readonly output: string | undefined
  /** Where to record a success; undefined when the record would prove nothing. */
  readonly place: RecordPlace | undefined
  /** Absolute path of a project-relative one. */
  readonly pathOf: (path: string) => string
  /** Undefined for a single compile, which would only pay for remembering. */
  readonly memory: SessionMemory | undefined
}

export interface ProjectResult extends CompileResult {
  /** Every question that was asked, with its answer. */
  readonly observations: readonly Observation[]
  /** Records the success on disk, for the next process. */
  readonly record?: () => void
}

/** Finds the project and compiles it once. */
export async function compileProject(options: CompileOptions): Promise<ProjectResult> {
  const result = await createSession(options, false).compile()
  result.record?.()
  return result
}

/** Compiles the same project again and again. What one compile learnt serves the next. */
export interface Session {
  compile(): Promise<ProjectResult>
}

export function createSession(options: CompileOptions, isRepeated = true): Session {
  const start = options.host?.cwd ?? process.cwd()
  const cwd = pathsOf(start).resolve(start, options.cwd ?? '.')
  const first = options.host ?? createNodeHost({ cwd })
  const sessionByRoot = new Map<string, { readonly host: Host; readonly memory: SessionMemory | undefined }>()
  return {
    async compile() {
      // Looked for every time: a configuration may appear or go.
      const project = findProject(first, cwd, options.config)
      const known = sessionByRoot.get(project.root)
      const host = known?.host ?? (options.host !== undefined || project.root === first.cwd ? first : createNodeHost({ cwd: project.root }))
      // Loaded by those who need it: the way to "nothing changed" must stay short.
      const memory = isRepeated ? (known?.memory ?? (await import('./incremental/memory.ts')).createSessionMemory()) : undefined
      sessionByRoot.set(project.root, { host, memory })
      return compileOnce(createRun({ options, project, host, cwd, memory }))
    },
  }
}

interface RunParts {
  readonly options: CompileOptions
  readonly project: Project
  readonly host: Host
  readonly cwd: string
  readonly memory: SessionMemory | undefined
}

function createRun({ options, project, host, cwd, memory }: RunParts): ProjectRun {
  const { root } = project
  const output = options.output === undefined ? undefined : fromProjectPath(cwd, options.output)
  // A host of the caller's own may answer whatever it likes: what the disk says proves nothing about it.
  const isDisk = options.host === undefined
  const place: RecordPlace = {
    disk: nodeDisk,
    root,
    compiler: compilerFingerprint(),
    options: JSON.stringify([project.path ?? null, output ?? null, options.strict === true]),
  }
  return {
    options,
    project,
    cwd,
    host,
    disk: isDisk ? nodeDisk : createHostDisk(host),
    output,
    place: isDisk ? place : undefined,
    pathOf: (path) => fromProjectPath(root, path),
    memory: isDisk ? memory : undefined,
  }
}

/** Answers at once when nothing changed since the last compile, and else compiles, one process at a time. */
async function compileOnce(run: ProjectRun): Promise<ProjectResult> {
  const { options, project } = run
  const isWriting = (options.mode ?? 'write') === 'write' && options.dump === undefined
  // Loaded when there is work to do: finding that there is none must stay cheap.
  const runPhases = async (): Promise<ProjectResult> => (await import('./compile.ts')).runPhases(run)
  if (!isWriting || options.host !== undefined) return runPhases()
  const unchanged = answerFromRecord(run)
  if (unchanged !== undefined) return unchanged
  const lockPath = join(project.root, STATE_FOLDER, `compile-${contentHash(run.output ?? '').slice(0, 8)}.lock`)
  const locked = await withLock(lockPath, { timeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS }, async () => {
    // Whoever held the lock may have done all there was to do.
    return answerFromRecord(run) ?? (await runPhases())
  })
  return locked.ok ? locked.value : lockedOut(run, locked)
}

function answerFromRecord({ options, project, host, place, memory }: ProjectRun): ProjectResult | undefined {
  // A session compiles in any case: what it learns on the way makes every later compile quick.
  if (memory !== undefined || place === undefined || options.useRecord === false || options.force === true) return undefined
  const since = performance.now()
  const record = readRecord(place)
  if (record === undefined) return undefined
  const { summary, observations, fileCount } = record
  const { root } = project
  return {
    ...emptyResult(root, host),
    isOk: !hasErrors(summary.diagnostics, { strict: options.strict === true }),
    diagnostics: summary.diagnostics,
    objectCount: summary.objectCount,
    unchangedCount: fileCount,
    isUnchanged: true,
    timings: [{ phase: 'config', ms: performance.now() - since }],
    inputs: observations.map(({ path }) => path),
    observations,
    output: fromProjectPath(root, summary.output),
  }
}

function lockedOut({ options, project, host }: ProjectRun, { pid, path }: { readonly pid: number; readonly path: string }): ProjectResult {
  const { root } = project
  const shown = toProjectPath(root, path)
  return {
    ...emptyResult(root, host),
    isOk: false,
    diagnostics: [
      diagnose('write/locked', Span.file(shown), { pid, seconds: (options.lockTimeoutMs ?? LOCK_TIMEOUT_MS) / 1000, path: shown }),
    ],
  }
}

const emptyResult = (root: string, host: Host): ProjectResult => ({
  isOk: true,
  diagnostics: [],
  objectCount: 0,
  written: [],
  reworded: [],
  pluginModules: [],
  removed: [],
  unchangedCount: 0,
  isUnchanged: false,
  timings: [],
  inputs: [],
  observations: [],
  root,
  output: root,
  textOf: (path) => host.readText(fromProjectPath(root, path)),
})
