import type { Syntax } from '../../compiler/2-parse/syntax.ts'
import { link } from '../../compiler/3-link/link.ts'
import type { LinkedField, LinkedObject } from '../../compiler/3-link/model.ts'
import { lower } from '../../compiler/4-lower/lower.ts'
import type { ResolvedConfig } from '../../compiler/config/config.ts'
import { resolveConfig } from '../../compiler/config/resolve-config.ts'
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts'
import type { AppIr, FieldIr, ObjectIr } from '../../compiler/ir/object.ts'
import { EMPTY_LOCK, type Lock } from '../../compiler/lock/lock.ts'
import { type FieldSketch, objectsSyntax } from './syntax.ts'

export const testConfig: ResolvedConfig = resolveConfig({ name: 'test' }, { folderName: 'test', exists: () => false })

/** `severity code message`, one per diagnostic: what most tests compare. */
export const summaryOf = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`)

export const codesOf = (diagnostics: readonly Diagnostic[]): readonly string[] => diagnostics.map(({ code }) => code)

export function linkedObject(syntax: Syntax, name: string): LinkedObject {
  const object = link(syntax).model.objects.find((candidate) => candidate.name === name)
  if (object === undefined) throw new Error(`The model has no object "${name}".`)
  return object
}

/** One field of one object, linked, and what was said about it. */
export function linkOneField(
  sketch: FieldSketch,
  others: Parameters<typeof objectsSyntax>[0] = {},
): { readonly field: LinkedField; readonly diagnostics: readonly Diagnostic[] } {
  const { model, diagnostics } = link(objectsSyntax({ thing: { fields: { it: sketch } }, ...others }))
  const field = model.objects.find(({ name }) => name === 'thing')?.fields[0]
  if (field === undefined) throw new Error('The field is gone.')
  return { field, diagnostics }
}

export const lowerSyntax = (
  syntax: Syntax,
  { config = testConfig, lock = EMPTY_LOCK }: { readonly config?: ResolvedConfig; readonly lock?: Lock } = {},
): AppIr => lower(link(syntax).model, config, lock)

export function objectOf(app: AppIr, name: string): ObjectIr {
  const object = app.objects.find((candidate) => candidate.name === name)
  if (object === undefined) throw new Error(`The app has no object "${name}".`)
  return object
}

export function fieldOf(object: ObjectIr, name: string): FieldIr {
  const field = object.fields.find((candidate) => candidate.name === name)
  if (field === undefined) throw new Error(`"${object.name}" has no field "${name}".`)
  return field
}

/** One field, lowered. */
export const lowerOneField = (sketch: FieldSketch, others: Parameters<typeof objectsSyntax>[0] = {}): FieldIr =>
  fieldOf(objectOf(lowerSyntax(objectsSyntax({ thing: { fields: { it: sketch } }, ...others })), 'thing'), 'it')
