import { error, warning } from './entry.ts'

/** Workflows, and state machines of objects. */
export const workflowCatalog = {
  'workflow/bad-duration': warning('{duration} in the workflow "{workflow}" is no duration. Write `48h`, `2 days` or `P2D`.'),
  'workflow/bad-schedule': warning('"{schedule}" in the workflow "{workflow}" is no schedule. Write five fields and a time zone.'),
  'workflow/circle': warning('Steps of the workflow "{workflow}" go in a circle without a pause: {path}. Let one of them wait.'),
  'workflow/dead-end': warning('The step "{step}" may have no way on: {problem}. Add one without a condition.'),
  'workflow/left-out': warning('The workflow "{workflow}" is left out: {problem}. Correct it.'),
  'workflow/unknown-action': warning(
    'The workflow "{workflow}" is left out: there is no function "{action}". Correct the name or export one.',
  ),
  'workflow/unknown-field': warning(
    '"{field}" in the workflow "{workflow}" is no field and is left out. Correct the name or add the field.',
  ),
  'workflow/setting': warning('The setting `{setting}` of the workflow "{workflow}" means nothing: {problem}. Correct it or leave it out.'),
  'workflow/machine': warning('The state machine "{machine}" of "{object}" is left out: {problem}. Correct it.'),
  'workflow/unknown-handler': warning(
    'Nothing is named "{name}" for the state machine "{machine}": what needs it is left out. Export a function.',
  ),
  'workflow/unknown-object': warning('The workflow "{workflow}" is left out: there is no object "{object}". Correct the name.'),
  'workflow/unknown-role': warning('The role "{role}" in the workflow "{workflow}" is defined nowhere. Correct the name or define it.'),
  'workflow/unknown-state': warning(
    'The state machine "{machine}" has no state "{state}": what leads there is left out. Correct the name.',
  ),
  'workflow/unknown-step': error('The workflow "{workflow}" has no step "{step}". Correct the name or add the step.'),
  'workflow/unreachable-step': warning('Nothing leads to the step "{step}" of the workflow "{workflow}". Lead there or remove it.'),
} as const
