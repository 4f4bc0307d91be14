import { type Raw, raw } from '../../code/code.ts'
import { inComment } from '../objects/js-doc.ts'
import { type OperationStep, phaseTitle, stepText } from '../operation-step.ts'
import { operationSteps } from './operation-steps.ts'
import type { StepScope } from './step-scope.ts'

/** What every object has, and what its plan says by itself. */
const PLAIN: ReadonlySet<OperationStep['kind']> = new Set(['default', 'field', 'history', 'reference', 'unique', 'write'])

/** Kinds whose first words say what they are. */
const SAID: ReadonlySet<OperationStep['kind']> = new Set(['autonumber', 'machine', 'readonly', 'rollup', 'timers', 'trash', 'workflow'])

/** Lines of a doc comment with what the writes of an object do besides looking at fields and writing them; none for an object without. */
export function stepsComment(scope: StepScope): readonly Raw[] {
  const written = (['create', 'update', 'delete', 'restore', 'purge'] as const).flatMap((operation) => {
    const steps = operationSteps(operation, scope).flatMap((phase) =>
      phase.steps
        .filter(({ kind }) => !PLAIN.has(kind))
        .map(
          (step) =>
            `${phaseTitle({ phase: phase.phase })}: ${stepText({ ...step, says: SAID.has(step.kind) ? step.says.slice(0, 1) : [] })}`,
        ),
    )
    return steps.length === 0 ? [] : ['', `${operation}, in order:`, ...steps.map((step) => `- ${step}`)]
  })
  const { name } = scope.object
  const [, ...rest] = written
  return written.length === 0
    ? []
    : [...rest, '', `\`objectql explain pipeline ${name}\` says more of each.`, ''].map((line) =>
        raw(line === '' ? '*' : `* ${inComment(line)}`),
      )
}
