import { load } from './1-load/load.ts'
import { parse } from './2-parse/parse.ts'
import { link } from './3-link/link.ts'
import type { LinkedField, LinkedHook, Model } from './3-link/model.ts'
import { lower } from './4-lower/lower.ts'
import { optimize } from './5-optimize/optimize.ts'
import { writeFiles } from './7-write/write-files.ts'
import { checkBehaviour } from './behaviour/check-behaviour.ts'
import { checkEvents } from './behaviour/check-events.ts'
import { moduleFiles } from './behaviour/module-files.ts'
import type { ModuleFiles } from './behaviour/unresolved-import.ts'
import { withHandlerFacts } from './behaviour/with-handler-facts.ts'
import type { ProjectResult, ProjectRun } from './compile-project.ts'
import type { PhaseName } from './compile-result.ts'
import type { ResolvedConfig } from './config/config.ts'
import { findProject, type LoadedConfig, loadConfig, nameByApp, type Project } from './config/load-config.ts'
import type { Diagnostic } from './diagnostics/diagnostic.ts'
import type { Host } from './host/host.ts'
import { toProjectPath } from './host/project-path.ts'
import { noSessionMemory } from './incremental/memory.ts'
import { createRecordingHost } from './incremental/recording-host.ts'
import type { AppIr } from './ir/object.ts'
import type { CompiledRule } from './ir/rule.ts'
import { LOCK_FILE_NAME, type Lock } from './lock/lock.ts'
import { printLock } from './lock/print-lock.ts'
import { updateLock } from './lock/update-lock.ts'
import { createOutcome, type Outcome } from './outcome.ts'
import { silenceFollowOns } from './silence-follow-ons.ts'
import { Span } from './source/span.ts'

/**
 * The compiler, from configuration to files. Each phase takes what the one before made and adds to the diagnostics. After `link`
 * any error ends the run, and nothing is written.
 */
export async function runPhases(run: ProjectRun): Promise<ProjectResult> {
  const { options, project, disk, memory = noSessionMemory } = run
  const { root } = project
  const host = createRecordingHost(run.host, disk, memory.textByPath)
  const outcome = createOutcome(run, host)
  // Looked for once more, for the record: a configuration that appears or goes changes everything.
  findProject(host, run.cwd, options.config)
  const phase = (name: PhaseName): void => outcome.startPhase(name)

  phase('config')
  const { output, ...loaded } = await loadConfig({ host, project, ...(run.output === undefined ? {} : { output: run.output }) })
  outcome.configure(loaded, output)
  if (outcome.hasErrors()) return outcome.fail()

  const analysed = await analyse(run, host, outcome, loaded)
  if ('ended' in analysed) return analysed.ended
  const { app, config, lock } = analysed

  outcome.pluginModules = app.plugins.map(({ isCold = false, place, span }) => ({ path: place?.module ?? span.path, isCold }))

  phase('optimize')
  const ir = optimize(app, config)
  if (options.dump === 'ir') return outcome.dump(ir)

  phase('emit')
  // Printing needs the query builder, which a run that ends at the gate does not load.
  const { emit } = await import('./6-emit/emit.ts')
  const files = await emit(ir, config, {
    lineOf: outcome.lineOf,
    memory: memory.printMemoryFor(config),
    output: toProjectPath(root, output),
  })
  if (options.dump === 'plan') return outcome.dump(files.filter(({ path }) => path.startsWith('plans/')))

  phase('write')
  const newLock = updateLock(lock, app)
  const lockText = printLock(newLock)
  const all = [...files, { path: LOCK_FILE_NAME, text: lockText, place: 'beside' as const }]
  const report = writeFiles({
    disk,
    root,
    output,
    files: all,
    force: options.force === true,
    mode: options.mode === 'compare' ? 'check' : 'write',
    known: memory.writtenByPath,
  })
  memory.keepLock(lockText, newLock)
  return outcome.finish(report)
}

/** The rule asks a function of the schemas. */
const isOfModule = (rule: CompiledRule): boolean => rule.kind === 'validator' && rule.by.kind === 'function' && rule.by.module !== undefined

interface Analysed {
  readonly app: AppIr
  readonly config: ResolvedConfig
  readonly lock: Lock
}

/** From files to the IR. A function of its own, so that trees and models are gone from memory when output is printed. */
async function analyse(
  { options, project, memory = noSessionMemory, pathOf }: ProjectRun,
  host: Host,
  outcome: Outcome,
  loaded: Omit<LoadedConfig, 'output'>,
): Promise<Analysed | { readonly ended: ProjectResult }> {
  const phase = (name: PhaseName): void => outcome.startPhase(name)

  phase('load')
  const { documents, diagnostics: loadDiagnostics } = await load({ root: project.root, config: loaded.config }, host, memory.loaded)
  outcome.report(loadDiagnostics)

  phase('parse')
  const { syntax, diagnostics: parseDiagnostics } = parse(documents, memory.parsed)
  outcome.report(parseDiagnostics)
  if (options.dump === 'syntax') return { ended: outcome.dump(syntax) }

  phase('link')
  const { model: linked, diagnostics: linkDiagnostics } = link(syntax)
  const { model: ordered, diagnostics: pluginDiagnostics } = await orderPlugins(linked, loaded, project, host)
  const { model: computed, diagnostics: formulaDiagnostics } = await compileFormulas(ordered)
  const { model: ruled, diagnostics: ruleDiagnostics } = await compileRules(computed, linkDiagnostics)
  const { model: conditioned, diagnostics: conditionDiagnostics } = await compileConditions(ruled)
  const { model, diagnostics: workflowDiagnostics } = await compileWorkflows(conditioned)
  const { lock, diagnostics: lockDiagnostics } = memory.readLock(host.readText(pathOf(LOCK_FILE_NAME)))
  outcome.report([
    ...silenceFollowOns(
      [
        ...linkDiagnostics,
        ...pluginDiagnostics,
        ...formulaDiagnostics,
        ...ruleDiagnostics,
        ...conditionDiagnostics,
        ...workflowDiagnostics,
      ],
      loadDiagnostics,
    ),
    ...lockDiagnostics,
  ])
  outcome.objectCount = model.objects.length
  if (options.dump === 'model') return { ended: outcome.dump(model) }
  // The gate: from here on the model is complete and right.
  if (outcome.hasErrors()) return { ended: outcome.fail() }
  const hasQueries = model.objects.some(({ queries }) => queries.length > 0)
  const hasBehaviour =
    model.middleware !== undefined ||
    model.plugins.some(({ place }) => place !== undefined) ||
    model.objects.some(({ hooks, actions, compiledRules = [] }) => hooks.length + actions.length > 0 || compiledRules.some(isOfModule))
  const hasSources = (loaded.config.sources ?? []).length > 0
  const isGuarded = loaded.config.auth !== undefined
  if (options.mode === 'analyse' && !hasQueries && !hasBehaviour && !hasSources && !isGuarded) return { ended: outcome.finish() }

  phase('lower')
  const config = nameByApp(loaded, syntax.apps[0]?.name)
  const lowered = lower(model, config, lock)
  const planned = hasQueries ? await plan(lowered, config, outcome) : lowered
  const files = moduleFiles(host, project.root, pathOf)
  const guarded = await findAuthenticate(planned, loaded, project, host, files, outcome)
  const app = memory.share(hasBehaviour ? await readBehaviour(guarded, files, outcome) : guarded)
  // Nor does a query that cannot be run get any further.
  if (outcome.hasErrors()) return { ended: outcome.fail() }
  const found = config.sources.length > 0 ? await findCalls(app, config, host, project.root, outcome) : app
  return options.mode === 'analyse' ? { ended: outcome.finish() } : { app: found, config, lock }
}

/** When hooks are called. */
async function compileConditions(model: Model): Promise<{ readonly model: Model; readonly diagnostics: readonly Diagnostic[] }> {
  const isConditional = ({ attributes, conditionPath }: LinkedHook): boolean => conditionPath !== undefined || attributes.has('condition')
  if (!model.objects.some(({ hooks }) => hooks.some(isConditional))) return { model, diagnostics: [] }
  return (await import('./expression/link-conditions.ts')).linkConditions(model)
}

/** Plugins in the order they start. What reads ranges of versions and schemas of configurations is loaded for them alone. */
async function orderPlugins(
  model: Model,
  { config }: Omit<LoadedConfig, 'output'>,
  { root, path }: Project,
  host: Host,
): Promise<{ readonly model: Model; readonly diagnostics: readonly Diagnostic[] }> {
  if (model.plugins.length === 0 && Object.keys(config.plugins).length === 0) return { model, diagnostics: [] }
  const [{ linkPlugins }, { locateSetting }] = await Promise.all([
    import('./plugins/link-plugins.ts'),
    import('./config/locate-setting.ts'),
  ])
  return linkPlugins(model, config.plugins, () =>
    path === undefined ? () => Span.file('.') : locateSetting(toProjectPath(root, path), host.readText(path) ?? ''),
  )
}

/** Formulas as queries have them. The parsers of expressions are loaded for them alone. */
async function compileFormulas(model: Model): Promise<{ readonly model: Model; readonly diagnostics: readonly Diagnostic[] }> {
  if (!model.objects.some(({ fields }) => fields.some(({ type }) => type === 'formula'))) return { model, diagnostics: [] }
  return (await import('./expression/link-formulas.ts')).linkFormulas(model)
}

/** Attributes of fields that may be rules. */
const RULED = [
  ...['requiredWhen', 'conditionalRequired', 'readonlyWhen', 'visibleWhen'],
  ...['referenceFilters', 'lookupFilters', 'dependsOn', 'aiContext'],
] as const

/** Validation rules of all dialects, for those models that have some. */
async function compileRules(
  model: Model,
  reported: readonly Diagnostic[],
): Promise<{ readonly model: Model; readonly diagnostics: readonly Diagnostic[] }> {
  const isRuled = ({ attributes, options = [] }: LinkedField): boolean =>
    RULED.some((key) => attributes.has(key)) ||
    options.some(({ annotations }) => 'visibleWhen' in annotations || 'visible_when' in annotations)
  if (!model.objects.some(({ rules, fields }) => rules.length > 0 || fields.some(isRuled))) return { model, diagnostics: [] }
  return (await import('./rules/link-rules.ts')).linkRules(model, reported)
}

/** Workflows with their conditions. What reads them is loaded for them alone. */
async function compileWorkflows(model: Model): Promise<{ readonly model: Model; readonly diagnostics: readonly Diagnostic[] }> {
  if (!model.documents.some(({ type }) => type === 'workflow' || type === 'state_machine')) return { model, diagnostics: [] }
  return (await import('./workflows/link-workflows.ts')).linkWorkflows(model)
}

/** The function that says who sends a request. What reads its module is loaded for applications that have one. */
async function findAuthenticate(
  app: AppIr,
  { config }: Omit<LoadedConfig, 'output'>,
  { root, path }: Project,
  host: Host,
  files: ModuleFiles,
  outcome: Outcome,
): Promise<AppIr> {
  if (config.auth === undefined) return app
  const [{ linkAuth }, { locateSetting }] = await Promise.all([import('./behaviour/link-auth.ts'), import('./config/locate-setting.ts')])
  const span = path === undefined ? Span.file('.') : locateSetting(toProjectPath(root, path), host.readText(path) ?? '')(['auth'], 'value')
  const { app: guarded, diagnostics } = linkAuth(app, config.auth, span, files)
  outcome.report(diagnostics)
  return guarded
}

/** What the sources of hooks say about them. */
async function readBehaviour(planned: AppIr, files: ModuleFiles, outcome: Outcome): Promise<AppIr> {
  const app = await withHandlerFacts(planned, files)
  outcome.report([...checkBehaviour(app), ...(await checkEvents(app, files))])
  return app
}

/** Reads in the application's own sources. What parses them is loaded for them alone. */
async function findCalls(app: AppIr, config: ResolvedConfig, host: Host, root: string, outcome: Outcome): Promise<AppIr> {
  const { calls, diagnostics } = (await import('./sources/read-sources.ts')).readSources(app, config, host, root)
  outcome.report(diagnostics)
  return { ...app, calls }
}

/** The statements of named queries. The planner is loaded for them alone. */
async function plan(lowered: AppIr, config: ResolvedConfig, outcome: Outcome): Promise<AppIr> {
  outcome.startPhase('plan')
  const { planQueries } = await import('./queries/plan-queries.ts')
  const { app, diagnostics } = planQueries(lowered, config)
  outcome.report(diagnostics)
  return app
}
