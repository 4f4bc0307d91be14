import type { WriteReport } from './7-write/write-files.ts'
import type { ProjectResult, ProjectRun } from './compile-project.ts'
import type { PhaseName, PluginModule } from './compile-result.ts'
import type { ResolvedConfig } from './config/config.ts'
import type { LoadedConfig } from './config/load-config.ts'
import type { Diagnostic } from './diagnostics/diagnostic.ts'
import { createLineIndexes } from './diagnostics/line-indexes.ts'
import { hasErrors, sortDiagnostics } from './diagnostics/sort-diagnostics.ts'
import { fromProjectPath, toProjectPath } from './host/project-path.ts'
import { type Observation, settledStat } from './incremental/observation.ts'
import { withOwnWrites, writeRecord } from './incremental/record.ts'
import type { RecordingHost } from './incremental/recording-host.ts'
import type { Span } from './source/span.ts'
import { createStopwatch } from './stopwatch.ts'
import { toPlainJson } from './to-plain-json.ts'

/** What a run has found so far, and the result it ends with. */
export interface Outcome {
  objectCount: number
  pluginModules: readonly PluginModule[]
  startPhase(phase: PhaseName): void
  /** The configuration is known: it may be stricter than the options. */
  configure(loaded: Omit<LoadedConfig, 'output'>, output: string): void
  report(diagnostics: readonly Diagnostic[]): void
  hasErrors(): boolean
  /** Line of a span, from 1. */
  lineOf(span: Span): number
  dump(value: unknown): ProjectResult
  /** Ends before anything was written. */
  fail(): ProjectResult
  /** Ends well, unless writing failed. */
  finish(written?: WriteReport): ProjectResult
}

export function createOutcome(run: ProjectRun, host: RecordingHost): Outcome {
  const { options, project, disk, place, memory } = run
  const { root } = project
  const stopwatch = createStopwatch(options.onPhase)
  const found: Diagnostic[] = []
  let isStrict = options.strict === true
  let output = root
  let config: ResolvedConfig | undefined
  const textOf = (path: string): string | undefined => host.readText(fromProjectPath(root, path))
  // Not through the recording host: these files are observed already, and reading is all there is to do.
  const lineIndexOf = createLineIndexes((path) => run.host.readText(fromProjectPath(root, path)))

  const result = (written: WriteReport | undefined, dump?: unknown): ProjectResult => {
    const diagnostics = sortDiagnostics(found)
    return {
      isOk: !hasErrors(diagnostics, { strict: isStrict }),
      diagnostics,
      objectCount: outcome.objectCount,
      written: written?.written ?? [],
      reworded: written?.reworded ?? [],
      pluginModules: outcome.pluginModules,
      removed: written?.removed ?? [],
      unchangedCount: written?.unchanged.length ?? 0,
      isUnchanged: false,
      timings: stopwatch.stop(),
      inputs: host.observations().map(({ path }) => path),
      observations: host.observations(),
      root,
      output,
      textOf,
      ...(config === undefined ? {} : { config }),
      ...(dump === undefined ? {} : { dump }),
    }
  }
  const outcome: Outcome = {
    objectCount: 0,
    pluginModules: [],
    startPhase: (phase) => stopwatch.start(phase),
    configure(loaded, outputPath) {
      isStrict ||= loaded.config.strict
      output = outputPath
      config = loaded.config
      found.push(...loaded.diagnostics)
    },
    report: (diagnostics) => void found.push(...diagnostics),
    hasErrors: () => hasErrors(found, { strict: isStrict }),
    lineOf: ({ path, start }) => lineIndexOf(path)?.positionAt(start).line ?? 1,
    dump: (value) => result(undefined, toPlainJson(value)),
    fail: () => result(undefined),
    finish(written) {
      if (written === undefined) return result(undefined)
      // What writing has to say holds once; the record repeats what the schemas have to say.
      const lasting = sortDiagnostics(found)
      found.push(...written.diagnostics)
      const ended = result(written)
      if (!ended.isOk || options.mode === 'compare') return ended
      const paths = written.written.concat(written.removed).map((path) => fromProjectPath(root, path))
      const observations = withOwnWrites(ended.observations, paths, disk)
      const outputs = (): readonly Observation[] =>
        [...written.hashByTarget].map(([path, hash]): Observation => {
          const known = memory?.writtenByPath?.get(path)
          if (known !== undefined) return { kind: 'file', path, answer: known.hash, stat: known.stat }
          // A session records later, when somebody may have edited the file: then what the disk says now proves nothing.
          return { kind: 'file', path, answer: hash, stat: memory === undefined ? settledStat(disk.stat(path)) : undefined }
        })
      const summary = { objectCount: ended.objectCount, diagnostics: lasting, output: toProjectPath(root, output) }
      return {
        ...ended,
        observations,
        record: () => (place === undefined ? undefined : writeRecord(place, { observations, outputs, summary })),
      }
    },
  }
  return outcome
}
