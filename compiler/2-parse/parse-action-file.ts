import type { ModuleDocument } from '../1-load/document.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { type Located, Span } from '../source/span.ts'
import type { ParseContext, Part } from './context.ts'
import { type Exported, exportsOf, isClass, membersOf } from './exports.ts'
import { functionAction, parseAction } from './parse-action.ts'
import type { ActionSyntax } from './syntax.ts'

/** `*.action.ts`: definitions with a `handler`, or plain functions. They belong to the object the file is called after. */
export function parseActionFile(document: ModuleDocument, context: ParseContext): Part {
  const object = { value: document.stem, span: Span.file(document.path) }
  const exported = exportsOf(document)
  const actions = exported.flatMap((member) => parseActions(member, object, context))
  if (actions.length === 0 && exported.every(({ node }) => node.kind !== 'function' || isClass(node))) {
    context.report(diagnose('parse/no-action', Span.file(document.path), {}))
  }
  return { actions }
}

/** The actions a value holds: a function, a definition, or a map or list of those. */
export function parseActions(exported: Exported, object: Located<string> | undefined, context: ParseContext): readonly ActionSyntax[] {
  const { node, name, keySpan, exportPath, path } = exported
  if (isClass(node) || node.kind === 'scalar' || !context.claim(node)) return []
  const origin = { name: { value: name, span: keySpan }, ...(object === undefined ? {} : { object }), module: path, exportPath }
  if (node.kind === 'function') {
    // An unnamed default export is called like its object.
    return [functionAction(name === 'default' && object !== undefined ? { ...origin, name: object } : origin, keySpan)]
  }
  const isDefinition = node.kind === 'map' && node.entries.some(({ key }) => key === 'handler' || key === 'execute')
  if (node.kind === 'map' && isDefinition) return [parseAction(node, origin, context.report)]
  return membersOf(exported)
    .map(context.atHome)
    .flatMap((member) => {
      const isAction =
        member.node.kind === 'function' || (member.node.kind === 'map' && member.node.entries.some(({ key }) => key === 'handler'))
      return isAction ? parseActions(member, object, context) : []
    })
}
