import type { ModuleDocument } from '../1-load/document.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { Span } from '../source/span.ts'
import type { ParseContext, Part } from './context.ts'
import { type Exported, exportsOf, isClass, membersOf } from './exports.ts'
import { findEvent, type HookOrigin, isHookObject, parseHookFunction, parseHookObject } from './parse-hook.ts'
import { reportShape } from './read-attributes.ts'
import type { HookSyntax } from './syntax.ts'

/** `*.hook.ts`: functions named after events (alone or in a map), `Hook` objects, or lists of them. */
export function parseHookFile(document: ModuleDocument, context: ParseContext): Part {
  let problems = 0
  const counting: ParseContext = {
    ...context,
    report: (diagnostic) => {
      problems++
      context.report(diagnostic)
    },
  }
  const hooks = exportsOf(document).flatMap((exported) => parseHooks(exported, counting))
  const isForeign = hooks.length === 0 && problems === 0 && exportsOf(document).every(({ node }) => context.packageOf(node) === undefined)
  if (isForeign) context.report(diagnose('parse/no-hook', Span.file(document.path), {}))
  return { hooks }
}

/** The hooks a value holds. */
export function parseHooks(exported: Exported, context: ParseContext, packageName?: string): readonly HookSyntax[] {
  const { node, name, keySpan } = exported
  if (isClass(node) || !context.claim(node)) return []
  const origin: HookOrigin = { ...originOf(exported), ...packaged(packageName ?? context.packageOf(node)) }
  if (node.kind === 'scalar' && findEvent(name) !== undefined) reportShape(node, `"${name}"`, 'a function', context.report)
  if (node.kind === 'function') return [parseHookFunction(name, keySpan, origin, context.report)].flatMap((hook) => hook ?? [])
  if (node.kind === 'list') return membersOf(exported).flatMap((member) => parseHooks(context.atHome(member), context, packageName))
  if (!isHookObject(node)) {
    return membersOf(exported).flatMap((member) => {
      const isMeant = member.node.kind === 'scalar' && findEvent(member.name) !== undefined
      const isHook = member.node.kind === 'function' || isHookObject(member.node) || isMeant
      return isHook ? parseHooks(member, context, origin.package) : []
    })
  }
  return [parseHookObject(node, origin, context.report)].flatMap((hook) => hook ?? [])
}

function originOf({ name, exportPath, path, stem }: Exported): HookOrigin {
  const hookName = name === 'default' || /^\d+$/.test(name) ? stem : name
  return { module: path, exportPath, stem: { value: stem, span: Span.file(path) }, name: hookName }
}

const packaged = (name: string | undefined): { readonly package?: string } => (name === undefined ? {} : { package: name })
