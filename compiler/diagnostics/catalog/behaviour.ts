import { error, info, warning } from './entry.ts'

/** Problems of hooks and actions. */
export const behaviourCatalog = {
  'behaviour/action-without-handler': warning(
    'The action "{action}" of "{object}" has no handler, so it cannot be called. Export a function.',
  ),
  'behaviour/circle': warning('Hooks write in a circle: {path}. At run time it is stopped. Give one of them a condition.'),
  'behaviour/condition': warning('The hook "{hook}" is left out, for its condition: {problem}. Correct it.'),
  'behaviour/never': warning('The condition of the hook "{hook}" never holds, so it is never called. Correct or remove it.'),
  'behaviour/undeclared-action': warning('"{object}" declares no action "{action}", and "{declared}" has no code. Use one name for both.'),
  'behaviour/unknown-field': warning('"{hook}" names the field "{field}", which "{object}" does not have. Correct the name.'),
  'behaviour/unknown-handler': info('The hook "{hook}" calls "{handler}", which the program has to register: app.registerHandler().'),
  'behaviour/unknown-object': warning('"{caller}" names the object "{object}", which there is not. Correct the name.'),
  'behaviour/unresolved-import': warning(
    'The hook "{hook}" is left out: the server would not find "{specifier}". Install it or import types only.',
  ),
  'behaviour/unresolved-validator': error(
    'The rule "{rule}" cannot be asked: the server would not find "{specifier}". Install it or import types only.',
  ),
} as const
