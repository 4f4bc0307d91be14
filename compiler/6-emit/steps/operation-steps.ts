import type { OperationPhase, OperationStep } from '../operation-step.ts'
import { ruleSteps } from '../rules/rule-steps.ts'
import { aroundPhase, hookPhase, machineSteps, startedSteps } from './behaviour-steps.ts'
import { constraintSteps, defaultSteps, numberSteps, readonlySteps, signSteps, validateSteps } from './field-steps.ts'
import { deletionHistory, historySteps, lookupSteps, ownerSteps, referringSteps, rollupSteps, trashedAlong } from './kept-steps.ts'
import { objectStep, type StepScope } from './step-scope.ts'

export type SteppedOperation = 'create' | 'update' | 'delete' | 'restore' | 'purge'

/**
 * Everything that runs in one write of a record, in order. This is the order of the runtime: of its stores
 * (read-only guard, hooks, plain), of `insert-records`, `change-record` and `trash`, and of `enforceRules`.
 */
export function operationSteps(operation: SteppedOperation, scope: StepScope): readonly OperationPhase[] {
  const phases = PHASES[operation](scope)
  const ends = (['afterCommit', 'afterRollback'] as const).map((phase) => hookPhase(phase, scope, [], operation))
  return [...phases, ...ends].filter(({ steps }) => steps.length > 0)
}

const phase = (name: string, ...steps: readonly (readonly OperationStep[])[]): OperationPhase => ({ phase: name, steps: steps.flat() })

const PHASES: Readonly<Record<SteppedOperation, (scope: StepScope) => readonly OperationPhase[]>> = {
  create(scope) {
    const rules = ruleSteps(scope.object, 'create', scope.lineOf)
    return [
      phase('readonly', readonlySteps(scope)),
      aroundPhase('create', scope),
      hookPhase('beforeCreate', scope, machineSteps(scope)),
      phase('sign', signSteps('create', scope)),
      phase('validate', validateSteps('create', scope)),
      phase('defaults', defaultSteps(scope)),
      phase('check', rules.checks),
      phase('lookups', lookupSteps(scope)),
      phase('write', numberSteps(scope), [statement('insert', scope)], constraintSteps('create', scope), rules.held),
      phase('rollups', rollupSteps(scope)),
      phase('ask', rules.asked),
      hookPhase('afterCreate', scope, startedSteps('create', scope)),
    ]
  },
  update(scope) {
    const rules = ruleSteps(scope.object, 'update', scope.lineOf)
    return [
      phase('readonly', readonlySteps(scope)),
      aroundPhase('update', scope),
      hookPhase('beforeUpdate', scope, machineSteps(scope)),
      phase('validate', validateSteps('update', scope)),
      phase('lookups', lookupSteps(scope)),
      phase('sign', signSteps('update', scope)),
      phase('check', rules.checks),
      phase('write', [statement('update', scope)], constraintSteps('update', scope), rules.held, historySteps(scope)),
      phase('ask', rules.asked),
      phase('rollups', rollupSteps(scope)),
      hookPhase('afterUpdate', scope, startedSteps('update', scope)),
    ]
  },
  delete(scope) {
    const isKept = scope.object.trash !== undefined
    return [
      aroundPhase('delete', scope),
      hookPhase('beforeDelete', scope),
      ...removal(scope, isKept ? trashing(scope) : phase('write', [statement('delete', scope)], referringSteps(scope))),
      hookPhase('afterDelete', scope, startedSteps('delete', scope)),
    ]
  },
  purge(scope) {
    if (scope.object.trash === undefined) return []
    return [
      alive(aroundPhase('delete', scope)),
      alive(hookPhase('beforeDelete', scope)),
      hookPhase('beforePurge', scope),
      ...removal(scope, phase('write', [statement('delete', scope)], referringSteps(scope)), alive),
      hookPhase('afterPurge', scope),
      alive(hookPhase('afterDelete', scope, startedSteps('delete', scope))),
    ]
  },
  restore(scope) {
    if (scope.object.trash === undefined) return []
    const rules = ruleSteps(scope.object, 'create', scope.lineOf)
    return [
      hookPhase('beforeRestore', scope),
      phase(
        'write',
        deletionHistory(scope),
        [statement('update', scope)],
        trashedAlong(scope, 'cascade', 'comes back along'),
        constraintSteps('create', scope).filter(({ kind }) => kind === 'unique'),
        rules.held,
      ),
      phase('ask', rules.restored),
      phase('owners', ownerSteps(scope)),
      phase('rollups', rollupSteps(scope)),
      hookPhase('afterRestore', scope),
    ]
  },
}

/** Rules are asked before a record goes, roll-ups are worked out once it is gone. */
function removal(
  scope: StepScope,
  write: OperationPhase,
  asked: (of: OperationPhase) => OperationPhase = (of) => of,
): readonly OperationPhase[] {
  const rules = ruleSteps(scope.object, 'delete', scope.lineOf)
  return [asked(phase('check', rules.checks)), asked(phase('ask', rules.asked)), write, phase('rollups', rollupSteps(scope, true))]
}

const trashing = (scope: StepScope): OperationPhase =>
  phase(
    'write',
    [statement('update', scope)],
    deletionHistory(scope),
    trashedAlong(scope, 'cascade', 'goes along'),
    trashedAlong(scope, 'restrict', 'keeps it from going'),
  )

/** What is in the trash already has had its rules and hooks of deleting when it went there. */
const alive = (of: OperationPhase): OperationPhase => ({ ...of, says: ['where it is not in the trash yet', ...(of.says ?? [])] })

const statement = (verb: 'insert' | 'update' | 'delete', scope: StepScope): OperationStep =>
  objectStep(scope, { kind: 'write', name: `${verb} ${scope.object.table}` })
