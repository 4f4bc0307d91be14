import { behaviourCatalog } from './catalog/behaviour.ts'
import { cliCatalog } from './catalog/cli.ts'
import { emitCatalog } from './catalog/emit.ts'
import type { CatalogEntry } from './catalog/entry.ts'
import { expressionCatalog } from './catalog/expression.ts'
import { linkCatalog } from './catalog/link.ts'
import { loadCatalog } from './catalog/load.ts'
import { parseCatalog } from './catalog/parse.ts'
import { planCatalog } from './catalog/plan.ts'
import { pluginCatalog } from './catalog/plugin.ts'
import { ruleCatalog } from './catalog/rule.ts'
import { workflowCatalog } from './catalog/workflow.ts'

/**
 * Every code the compiler can report. A code is added by one line in its phase file, one page in `docs/<phase>/<slug>.md`
 * and one fixture in `test/errors/<phase>-<slug>/`.
 */
export const catalog = {
  ...loadCatalog,
  ...parseCatalog,
  ...linkCatalog,
  ...expressionCatalog,
  ...ruleCatalog,
  ...planCatalog,
  ...pluginCatalog,
  ...behaviourCatalog,
  ...workflowCatalog,
  ...emitCatalog,
  ...cliCatalog,
} as const

export type DiagnosticCode = keyof typeof catalog

/** Names of the holes in a message: `'{a} and {b}'` → `'a' | 'b'`. */
type HoleName<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}` ? Name | HoleName<Rest> : never

type MessageOf<Code extends DiagnosticCode> = (typeof catalog)[Code] extends CatalogEntry<infer Message> ? Message : never

export type Hole = string | number

/** The values a code's message asks for. */
export type HolesOf<Code extends DiagnosticCode> = { readonly [Name in HoleName<MessageOf<Code>>]: Hole }

/** The catalog entry of a code given as text, or undefined. */
export function findCode(code: string): CatalogEntry | undefined {
  return Object.hasOwn(catalog, code) ? catalog[code as DiagnosticCode] : undefined
}

/** Every code, sorted. */
export const DIAGNOSTIC_CODES: readonly DiagnosticCode[] = (Object.keys(catalog) as DiagnosticCode[]).sort()
