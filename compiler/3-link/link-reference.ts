import type { FieldSyntax } from '../2-parse/syntax.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { FieldType } from '../ir/field-type.ts'
import type { Located, Span } from '../source/span.ts'
import type { LinkContext } from './context.ts'
import { RELATION_TYPES } from './field-kinds.ts'
import type { LinkedReference } from './model.ts'
import { replaceName } from './suggest-name.ts'

/**
 * The object (or, for a list of names, the objects) a relation points at. A name that fits nothing makes the reference external:
 * the field keeps opaque ids.
 */
export function linkReference(field: FieldSyntax, type: FieldType, owner: string, context: LinkContext): LinkedReference | undefined {
  if (!RELATION_TYPES.has(type)) return undefined
  const attribute = field.attributes.get('reference')
  const authored = (Array.isArray(attribute?.value) ? attribute.value : [attribute?.value]).filter(
    (name) => typeof name === 'string' && name !== '',
  )
  if (attribute !== undefined && authored.length > 0) {
    const names = authored.map(String)
    const objects = names.map((name) => resolve({ value: name, span: attribute.span }, context))
    return { authored: names, objects: [...new Set(objects.filter((name) => name !== undefined))] }
  }
  if (type === 'tree') return { authored: [owner], objects: [owner] }
  if (type === 'user') return linkUser(context)
  context.report(diagnose('link/missing-reference', field.name.span, { field: field.name.value, type }))
  return undefined
}

/** A `user` field needs no reference: it means the platform's user object, which an app may or may not bring along. */
function linkUser({ objects }: LinkContext): LinkedReference {
  const resolution = objects.resolve('sys_user')
  return { authored: ['sys_user'], objects: 'object' in resolution ? [resolution.object] : [] }
}

function resolve(name: Located<string>, { objects, external, report }: LinkContext): string | undefined {
  const resolution = objects.resolve(name.value)
  switch (resolution.kind) {
    case 'exact':
    case 'folded':
      return resolution.object
    case 'guessed':
      reportGuess(name, resolution.object, objects.spanOf(resolution.object), report)
      return resolution.object
    case 'ambiguous':
      report(diagnose('link/ambiguous-reference', name.span, { name: name.value, candidates: resolution.candidates.join(', ') }))
      return undefined
    case 'unknown':
      external.add(name)
      return undefined
    default:
      return resolution satisfies never
  }
}

function reportGuess(name: Located<string>, object: string, declaredAt: Span | undefined, report: LinkContext['report']): void {
  const notes = declaredAt === undefined ? [] : [{ message: `"${object}" is declared here.`, span: declaredAt }]
  const fixes = replaceName(name.span, name.value, object)
  report(diagnose('link/guessed-reference', name.span, { name: name.value, object }, { notes, fixes }))
}
