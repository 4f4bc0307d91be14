import type { Code } from '../../code/code.ts'
import type { ObjectIr } from '../../ir/object.ts'
import type { CompiledRule } from '../../ir/rule.ts'
import { kebabCase } from '../../ir/words.ts'
import type { EmitContext } from '../target.ts'
import type { Shape } from './rule-fields.ts'

export const RUNTIME = 'objectql/runtime/rules'

/** What the parts of one module share while it is printed. */
export interface ModuleScope {
  readonly object: ObjectIr
  readonly shape: Shape
  /** Of what is looked at beyond lookups, by path. */
  readonly relatedShape: Shape
  readonly lineOf: EmitContext['lineOf']
  readonly nameOf: (rule: CompiledRule) => string
  /** The function that looks into values by a JSON Schema. */
  readonly schemaOf: (rule: CompiledRule & { readonly kind: 'json-schema' }) => string
  /** By name. */
  readonly constants: Map<string, Code>
  /** Fields of whoever asks, with the kinds of their values. */
  readonly userKinds: Map<string, string>
  /** Variables with what lookups lead to that the function being printed needs. */
  readonly beyond: Set<'related' | 'relatedBefore'>
}

export function constantNames(rules: readonly CompiledRule[]): ReadonlyMap<CompiledRule, string> {
  const used = new Set<string>()
  return new Map(
    rules.map((rule) => {
      const stem = kebabCase(rule.name)
        .replaceAll('-', '_')
        .toUpperCase()
        .replace(/^(?=\d)/, 'RULE_')
      let name = stem
      for (let number = 2; used.has(name); number++) name = `${stem}_${number}`
      used.add(name)
      return [rule, name]
    }),
  )
}
