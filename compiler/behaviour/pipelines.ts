import type { HandlerFacts } from '../ir/handler.ts'
import type { HookIr, ObjectIr } from '../ir/object.ts'

/** Phases in the order they run. */
export const PHASES = [
  'beforeFind',
  'afterFind',
  'beforeFindOne',
  'afterFindOne',
  'beforeCount',
  'afterCount',
  'beforeAggregate',
  'afterAggregate',
  'beforeCreate',
  'afterCreate',
  'beforeUpdate',
  'afterUpdate',
  'beforeDelete',
  'afterDelete',
  'beforeRestore',
  'afterRestore',
  'beforePurge',
  'afterPurge',
  'beforeUpdateMany',
  'afterUpdateMany',
  'beforeDeleteMany',
  'afterDeleteMany',
  'afterCommit',
  'afterRollback',
] as const

export type PhaseName = (typeof PHASES)[number]

/** Operations that a transaction keeps or undoes. */
export type WrittenOperation = 'create' | 'update' | 'delete' | 'restore' | 'purge'

/** One call of a handler. */
export interface PipelineStep {
  readonly hook: HookIr
  readonly facts: HandlerFacts
  /** Runs once the transaction is committed, and nobody waits for it. */
  readonly isDetached: boolean
  readonly onError: 'throw' | 'log' | 'ignore'
  /** Milliseconds. */
  readonly timeout?: number
  readonly retries: number
  readonly backoff: number
  /** Steps of one number run side by side. */
  readonly group?: number
  /** Called for this operation alone, of a phase that all have. */
  readonly operation?: WrittenOperation
}

export interface Pipeline {
  readonly phase: PhaseName
  readonly steps: readonly PipelineStep[]
  /** Some step may wait. */
  readonly waits: boolean
}

/** Events that mean several phases, or another. */
const PHASES_OF: Readonly<Record<string, readonly PhaseName[]>> = {
  beforeInsert: ['beforeCreate'],
  afterInsert: ['afterCreate'],
  beforeValidate: ['beforeCreate', 'beforeUpdate'],
  beforeMutation: ['beforeCreate', 'beforeUpdate', 'beforeDelete'],
  // Hooks before a find run before every read.
  beforeQuery: ['beforeFind'],
  afterQuery: ['afterFind', 'afterCount', 'afterAggregate'],
}

export const phasesOf = (event: string): readonly PhaseName[] =>
  PHASES_OF[event] ?? ((PHASES as readonly string[]).includes(event) ? [event as PhaseName] : [])

const UNKNOWN: HandlerFacts = { isSynchronous: false, usesPrevious: true, stops: true, removes: true, writes: [] }

/** The phases a hook is called in. */
export function phasesOfHook(hook: HookIr): readonly PhaseName[] {
  const phases = phasesOf(hook.event)
  return endOf(hook) === 'rollback' && phases.every((phase) => WRITTEN.test(phase)) ? ['afterRollback'] : phases
}

const WRITTEN = /^after(Create|Update|Delete|Restore|Purge)$/

/** Why a hook is left out, or undefined when it is called. */
export function leftOut({ annotations, condition, facts }: HookIr): 'inactive' | 'condition' | 'import' | undefined {
  if (annotations['active'] === false || annotations['enabled'] === false) return 'inactive'
  if (facts?.missing !== undefined) return 'import'
  return condition?.kind === 'never' ? 'condition' : undefined
}

/** The pipelines of an object. Hooks come in the order of the IR: priority, plugin, name. */
export function pipelinesOf({ hooks }: ObjectIr): readonly Pipeline[] {
  const called = hooks.filter((hook) => leftOut(hook) === undefined)
  return PHASES.flatMap((phase): Pipeline[] => {
    // A hook that names two events of one phase is called once.
    const seen = new Set<string>()
    const chosen = called.filter((hook) => {
      const key = `${hook.module}\0${hook.exportPath}\0${phase === 'afterRollback' ? hook.event : ''}`
      if (!phasesOfHook(hook).includes(phase) || seen.has(key)) return false
      seen.add(key)
      return true
    })
    if (chosen.length === 0) return []
    const steps = grouped(chosen.map((hook) => stepOf(hook, phase)))
    return [{ phase, steps, waits: steps.some(mayWait) }]
  })
}

const mayWait = (step: PipelineStep): boolean =>
  conditionWaits(step) || (!step.isDetached && (!step.facts.isSynchronous || step.timeout !== undefined || step.retries > 0))

/** Each step is proven to come to its end at once, so that a write need not wait for it. Conditions are not looked into. */
export const isHarmless = ({ phase, steps }: Pipeline): boolean =>
  /^after(?:Create|Update|Delete)$/.test(phase) &&
  steps.every((step) => step.facts.cannotFail === true && step.hook.condition === undefined && !step.isDetached && !mayWait(step))

/** A condition that is a function may wait too. */
export const conditionWaits = ({ hook: { condition } }: PipelineStep): boolean =>
  condition?.kind === 'function' && !(condition.facts ?? UNKNOWN).isSynchronous

function stepOf(hook: HookIr, phase: PhaseName): PipelineStep {
  const { annotations } = hook
  const isAfterWrite = /^after(?:Create|Update|Delete|Restore|Purge)/.test(phase)
  const retry = annotations['retryPolicy']
  const { maxRetries, retries, backoffMs, backoff } = (
    typeof retry === 'object' && retry !== null && !Array.isArray(retry) ? retry : {}
  ) as { readonly [key: string]: unknown }
  const operation = phase === 'afterRollback' ? WRITTEN.exec(phasesOf(hook.event)[0] ?? '')?.[1]?.toLowerCase() : undefined
  const timeout = numberOf(annotations['timeout']) ?? numberOf(annotations['timeoutMs'])
  return {
    hook,
    facts: hook.facts ?? UNKNOWN,
    isDetached: (annotations['async'] === true || endOf(hook) === 'commit') && isAfterWrite,
    ...(operation === undefined ? {} : { operation: operation as WrittenOperation }),
    onError: errorModeOf(annotations['onError']),
    ...(timeout === undefined ? {} : { timeout }),
    retries: numberOf(maxRetries) ?? numberOf(retries) ?? (retry === undefined || retry === null || retry === false ? 0 : 3),
    backoff: numberOf(backoffMs) ?? numberOf(backoff) ?? 1000,
  }
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

const errorModeOf = (value: unknown): PipelineStep['onError'] => (value === 'log' || value === 'ignore' ? value : 'throw')

/** `{ phase: 'afterCommit', events: ['afterUpdate'] }`: once the update is committed. */
const endOf = ({ annotations }: HookIr): 'commit' | 'rollback' | undefined => {
  const phase = String(annotations['phase'] ?? '').toLowerCase()
  return /commit$/.test(phase) ? 'commit' : /rollback$/.test(phase) ? 'rollback' : undefined
}

/** Neighbours that declare `parallel` run side by side, where one of them may wait: others would be done before the next begins. */
function grouped(steps: readonly PipelineStep[]): readonly PipelineStep[] {
  const isParallel = ({ hook, isDetached }: PipelineStep): boolean => hook.annotations['parallel'] === true && !isDetached
  let group = 0
  const groupedSteps: PipelineStep[] = []
  for (let from = 0, to = 0; from < steps.length; from = to) {
    to = steps.findIndex((step, index) => index >= from && !isParallel(step))
    if (to < 0) to = steps.length
    const neighbours = steps.slice(from, to)
    const isGroup = neighbours.length > 1 && neighbours.some(mayWait)
    if (isGroup) group++
    groupedSteps.push(...neighbours.map((step) => (isGroup ? { ...step, group } : step)))
    if (to === from) groupedSteps.push(...steps.slice(from, ++to))
  }
  return groupedSteps
}
