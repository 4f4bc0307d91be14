import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type AnyApp, coreOf } from '../../runtime-lite/app/app.ts'
import type { AppCore } from '../../runtime-lite/app/app-core.ts'
import type { AppManifest } from '../../runtime-lite/app/app-manifest.ts'
import type { Exchange, Replacement, RunningKernel } from '../../runtime-lite/kernel/kernel.ts'
import { failure, KernelError } from '../../runtime-lite/kernel/kernel-error.ts'
import type { KernelPlan } from '../../runtime-lite/kernel/kernel-plan.ts'
import { changedPlugins, isSamePlugins, withDependents } from '../../runtime-lite/kernel/plan-changes.ts'
import type { PluginModule } from '../compile-result.ts'
import type { Generation, ModuleGenerations } from './module-generations.ts'
import { realPath } from './real-path.ts'
import { whoseModules } from './whose-modules.ts'

export interface HotRequest {
  /** Absolute paths of modules that are others than those this process runs. */
  readonly changed: readonly string[]
  /** A generated file that says how the application is built, if one changed: then nothing is exchanged. */
  readonly structural?: string | undefined
  /** Where plugins are: absolute paths. */
  readonly plugins: readonly PluginModule[]
  /** Absolute path of the project: files are shown relative to it. */
  readonly root: string
}

/** Why a version of a plugin does not run, in words. */
export interface PluginProblem {
  readonly plugin: string
  /** `load`, `install`, `start` … */
  readonly phase: string
  /** One clause without a full stop. */
  readonly problem: string
}

export type Prepared =
  | { readonly kind: 'ready' }
  /** The process has to be replaced. `why`: one clause without a full stop, absent where nothing of a plugin changed. */
  | { readonly kind: 'cold'; readonly why?: string }
  /** The new modules do not load: all is as it was. */
  | ({ readonly kind: 'failed' } & PluginProblem)

export type Committed =
  | { readonly kind: 'restarted'; readonly plugins: readonly string[] }
  /** The version before runs again. */
  | ({ readonly kind: 'kept' } & PluginProblem)
  /** Neither runs. */
  | ({ readonly kind: 'lost' } & PluginProblem)

/** A running application whose plugins can be replaced. */
export interface HotApplication {
  /** Imports what changed, and looks whether that is all there is to do. Nothing runs differently yet. */
  prepare(request: HotRequest): Promise<Prepared>
  /** Restarts the plugins of what was prepared. */
  commit(): Promise<Committed>
  /** Forgets what was prepared. */
  discard(): void
}

interface Next {
  readonly generation: Generation
  readonly manifest: AppManifest
  readonly plan: KernelPlan
}

/** `entry`: absolute path of the generated module that the application was started from. */
export function createHotApplication(app: AnyApp, entry: string, generations: ModuleGenerations): HotApplication {
  const core = coreOf(app)
  let next: Next | undefined
  return {
    async prepare({ changed, structural, plugins, root }) {
      const shown = (path: string): string => relative(realPath(root), realPath(path)).replaceAll('\\', '/')
      const running = await kernelOf(core.manifest)
      const generation = generations.begin(changed, entry)
      const whose = whoseModules(generation, realPath(entry), new Map(plugins.map(({ path, isCold }) => [realPath(path), isCold])))
      const isPlugin = whose.kind === 'plugins' ? whose.modules.length > 0 : whose.isPlugin
      if (!isPlugin) return { kind: 'cold' }
      if (structural !== undefined) return { kind: 'cold', why: `${shown(structural)} changed with it` }
      if (whose.kind === 'others') return { kind: 'cold', why: `${shown(whose.file)} ${whose.why}` }
      const failed = await loadPlugins(whose.modules, running, generation, shown)
      if (failed) return failed
      try {
        return await inGeneration(generation, () => compare(generation, running))
      } catch (error) {
        return { kind: 'cold', why: `its hooks and actions do not load beside the running ones: ${clauseOf(error)}` }
      }
    },
    async commit() {
      if (next === undefined) throw new Error('Nothing was prepared.')
      const { generation, manifest, plan } = next
      next = undefined
      generation.enter()
      try {
        const exchange = async (): Promise<() => unknown> => {
          const putBack = await core.exchange(manifest)
          return () => {
            // First: the modules before import what they import now once more.
            generation.leave()
            return putBack()
          }
        }
        const outcome = await replace(core.kernel as RunningKernel | undefined, plan, exchange)
        if (outcome.kind === 'replaced') return { kind: 'restarted', plugins: outcome.plugins }
        generation.leave()
        return { kind: outcome.kind, ...problemOf(outcome.error) }
      } catch (error) {
        generation.leave()
        return { kind: 'lost', ...problemOf(error) }
      }
    },
    discard() {
      next = undefined
    },
  }

  /** Modules of plugins first: so it is known whose does not load. */
  async function loadPlugins(
    modules: readonly string[],
    plan: KernelPlan,
    generation: Generation,
    shown: (path: string) => string,
  ): Promise<Prepared | undefined> {
    for (const path of modules) {
      try {
        await inGeneration(generation, () => import(pathToFileURL(path).href))
      } catch (error) {
        return { kind: 'failed', ...problemOf(failure('plugin', (await namesOf(path, plan)) || shown(path), 'load', error)) }
      }
    }
    return undefined
  }

  async function compare(generation: Generation, plan: KernelPlan): Promise<Prepared> {
    const { manifest } = (await import(pathToFileURL(entry).href)) as { readonly manifest: AppManifest }
    const kernel = await kernelOf(manifest)
    if (!isSamePlugins(plan, kernel)) return { kind: 'cold', why: 'there are other plugins than before' }
    if (manifest.authenticate !== core.manifest.authenticate) return { kind: 'cold', why: 'the module of "auth" imports it' }
    const restarted = withDependents(kernel, changedPlugins(plan, kernel))
    const cold = [...plan.plugins, ...kernel.plugins].find(({ name, hot }) => hot === false && restarted.has(name))
    if (cold) return { kind: 'cold', why: `the plugin "${cold.name}" says hot: false` }
    await loadTheSame(core, manifest)
    next = { generation, plan: kernel, manifest }
    return { kind: 'ready' }
  }
}

/** Without plugins that start, there is nothing to restart. */
const kernelOf = async ({ kernel }: AppManifest): Promise<KernelPlan> => (await kernel?.())?.kernel ?? { plugins: [] }

async function replace(kernel: RunningKernel | undefined, plan: KernelPlan, exchange: Exchange): Promise<Replacement> {
  if (kernel) return kernel.replace(plan, exchange)
  await exchange()
  return { kind: 'replaced', plugins: [] }
}

/** Requests that run meanwhile import what they always did. */
async function inGeneration<Result>(generation: Generation, work: () => Promise<Result>): Promise<Result> {
  generation.enter()
  try {
    return await work()
  } finally {
    generation.leave()
  }
}

/** What the running application has loaded of its objects is imported now: it must not fail once the plugins are stopped. */
async function loadTheSame({ plans, slotByName }: AppCore, { objects, aroundRest }: AppManifest): Promise<void> {
  const loaded = [...slotByName.keys()].filter((name) => plans.loadedPlan(name) !== undefined)
  await Promise.all(loaded.map(async (name) => (await objects[name]?.())?.plan.actions?.()))
  await aroundRest?.()
}

/** Names of the plugins that a module exports: those of the running plan that its last version had. */
async function namesOf(path: string, { code = {} }: KernelPlan): Promise<string> {
  const exported = (await import(pathToFileURL(path).href)) as object
  const names = Object.keys(code).filter((name) => holds(exported, code[name], 4))
  return names.join('", "')
}

/** Whether a value is another, or has it among its members, this many levels deep. */
function holds(value: unknown, wanted: unknown, depth: number): boolean {
  if (value === wanted) return true
  if (depth === 0 || typeof value !== 'object' || value === null) return false
  return Object.values(value).some((member) => holds(member, wanted, depth - 1))
}

const clauseOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim().replace(/\.$/, '')

function problemOf(error: unknown): PluginProblem {
  if (!(error instanceof KernelError)) return { plugin: '', phase: 'load', problem: clauseOf(error) }
  return { plugin: error.component, phase: error.phase, problem: error.cause === undefined ? clauseOf(error) : clauseOf(error.cause) }
}
