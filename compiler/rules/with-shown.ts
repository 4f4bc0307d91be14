import type { ExpressionSchema } from '../expression/schema.ts'
import { shownPaths } from '../expression/shown-paths.ts'
import type { CompiledRule } from '../ir/rule.ts'

/** The rule with the fields of related records that its messages show. */
export function withShown(rule: CompiledRule, schema: ExpressionSchema): CompiledRule {
  const texts = [rule.message, ...Object.values(rule.messages ?? {})]
  const shown = texts.flatMap((text) => shownPaths(text, schema))
  return shown.length === 0 ? rule : { ...rule, shown }
}
