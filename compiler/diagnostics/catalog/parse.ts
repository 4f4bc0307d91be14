import { error, warning } from './entry.ts'

/** Problems with the shape of one document. */
export const parseCatalog = {
  'parse/duplicate-attribute': warning('"{key}" and "{other}" mean the same. "{other}" is used; remove "{key}".'),
  'parse/duplicate-name': error('The {what} "{name}" is declared twice here. Rename or remove one of them.'),
  'parse/missing-key': error('This {what} has no "{key}". Add it.'),
  'parse/no-action': warning('This file exports no action. Export a function, or a definition with a `handler`.'),
  'parse/no-hook': warning('This file exports no hook. Export a function named after an event, or a Hook object.'),
  'parse/no-object': error('No object is declared in this file. Add `fields`, or name the objects and give each its `fields`.'),
  'parse/no-stack': warning('This file exports neither a stack nor a plugin. Export one with `objects`, `hooks` or `plugins`.'),
  'parse/no-validator': warning('This file exports no validator. Export a function for each rule that names one.'),
  'parse/unknown-event': error('No hook event is named "{event}".'),
  'parse/unknown-key': warning('"{key}" is not a known key of {what}. It is kept as an annotation.'),
  'parse/unknown-type': error('No field type is named "{type}".'),
  'parse/wrong-shape': error('{what} must be {expected}, not {actual}.'),
} as const
