import type { Document } from '../../compiler/1-load/document.ts'
import { load } from '../../compiler/1-load/load.ts'
import { parse } from '../../compiler/2-parse/parse.ts'
import type { ActionSyntax, Attributes, FieldSyntax, ObjectSyntax, Syntax } from '../../compiler/2-parse/syntax.ts'
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts'
import { sortDiagnostics } from '../../compiler/diagnostics/sort-diagnostics.ts'
import { createMemoryHost } from '../../compiler/host/memory-host.ts'
import type { Json } from '../../compiler/source/json.ts'
import type { Span } from '../../compiler/source/span.ts'

export interface FrontEnd {
  readonly documents: readonly Document[]
  readonly syntax: Syntax
  readonly diagnostics: readonly Diagnostic[]
  readonly inputs: readonly string[]
  /** `path: text at the place` */
  marked(span: Span): string
  /** Each problem as `code: text at the place`. */
  readonly problems: readonly string[]
}

/** Loads and parses files held in memory. Everything in them is input unless told otherwise. */
export async function parseFiles(files: { readonly [path: string]: string }, input: readonly string[] = ['.']): Promise<FrontEnd> {
  const host = createMemoryHost(files)
  const { documents, inputs, diagnostics } = await load({ root: host.cwd, config: { input } }, host)
  const parsed = parse(documents)
  const all = sortDiagnostics([...diagnostics, ...parsed.diagnostics])
  const textAt = ({ path, start, end }: Span): string => (files[path] ?? '').slice(start, end)
  return {
    documents,
    syntax: parsed.syntax,
    diagnostics: all,
    inputs,
    marked: (span) => `${span.path}: ${textAt(span)}`,
    problems: all.map(({ code, span }) => `${code}: ${textAt(span)}`),
  }
}

/** One YAML object, as `account.object.yml`. */
export async function parseObjectText(text: string): Promise<FrontEnd & { readonly object: ObjectSyntax }> {
  const result = await parseFiles({ 'account.object.yml': text })
  const [object] = result.syntax.objects
  if (object === undefined) throw new Error(`no object: ${result.problems.join(', ')}`)
  return { ...result, object }
}

/** Attributes as a plain object. */
export const plainAttributes = (attributes: Attributes): { readonly [name: string]: Json } =>
  Object.fromEntries([...attributes].map(([name, { value }]) => [name, value]))

/** What matters of a field, as a plain object. */
export function plainField({ name, type, typeAlias, attributes, options }: FieldSyntax): { readonly [key: string]: Json } {
  return {
    name: name.value,
    ...(type === undefined ? {} : { type: type.value }),
    ...(typeAlias === undefined ? {} : { typeAlias }),
    ...plainAttributes(attributes),
    ...(options === undefined ? {} : { options: options.map((option) => option.value.value) }),
  }
}

export function plainAction({ name, object, scope, params, attributes, module, exportPath }: ActionSyntax): {
  readonly [key: string]: Json
} {
  return {
    name: name.value,
    ...(object === undefined ? {} : { object: object.value }),
    scope,
    params: params.map(plainField),
    ...plainAttributes(attributes),
    ...(module === undefined ? {} : { module }),
    ...(exportPath === undefined ? {} : { exportPath }),
  }
}
