import type { Code } from '../../../code/code.ts'
import type { CompiledRule } from '../../../ir/rule.ts'
import { pascalCase } from '../../../ir/words.ts'
import { schemaFunctions } from './schema-functions.ts'

interface SchemaChecks {
  readonly nameByRule: ReadonlyMap<CompiledRule, string>
  readonly functions: readonly Code[]
  readonly constants: ReadonlyMap<string, Code>
}

/** The JSON Schemas of the rules of an object as functions of its module, whose rules have `names`. */
export function schemaChecks(rules: readonly CompiledRule[], names: ReadonlyMap<CompiledRule, string>): SchemaChecks {
  const taken = new Set([...names.values(), 'checkSchema', 'checkSchemaText'])
  const constants = new Map<string, Code>()
  const nameByRule = new Map<CompiledRule, string>()
  const functions: Code[] = []
  for (const rule of rules) {
    if (rule.kind !== 'json-schema') continue
    const written = schemaFunctions(`check${pascalCase(rule.name)}`, rule.schema, taken, constants)
    nameByRule.set(rule, written.name)
    functions.push(...written.functions)
  }
  return { nameByRule, functions, constants }
}
