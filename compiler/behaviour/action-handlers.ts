import type { ActionIr } from '../ir/object.ts'

/** True when the schemas have code for the action. */
export const hasHandler = ({ module, exportPath, annotations }: ActionIr): boolean =>
  module !== undefined && exportPath !== undefined && typeof annotations['handler'] !== 'string'

/** Types of actions that a user interface carries out by itself. */
const BUTTONS = new Set(['url', 'modal', 'flow', 'script', 'api', 'form', 'navigate'])

/** An action of the server that nothing happens for. Buttons name what they do. */
export const lacksHandler = (action: ActionIr): boolean =>
  !hasHandler(action) && !BUTTONS.has(String(action.annotations['type'])) && action.annotations['target'] === undefined

/** In process only. */
export const isInternal = ({ annotations }: ActionIr): boolean => annotations['internal'] === true

/** What a user interface carries out by calling the server. */
const CALLED = new Set(['script', 'api'])

/** An action whose code a program may register while it runs. What is said about its parameters holds for that. */
export const isLeftToPrograms = (action: ActionIr): boolean =>
  !hasHandler(action) && (lacksHandler(action) || (action.params.length > 0 && CALLED.has(String(action.annotations['type']))))
