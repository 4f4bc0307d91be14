import { textAttribute } from '../3-link/attributes.ts'
import type { RuleFormat } from '../ir/rule.ts'
import { titleCase } from '../ir/words.ts'
import { fieldOf } from './condition.ts'
import { readJsonSchema } from './json-schema/read-json-schema.ts'
import type { RuleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import type { ReadCheck, RuleScope } from './rule-scope.ts'

const FORMATS: ReadonlySet<string> = new Set(['email', 'url', 'phone', 'json'])

/** What a text has to look like: a format with a name, or a regular expression. @throws RuleProblem */
export function readFormat(node: RuleNode, { schema }: RuleScope): readonly ReadCheck[] {
  const field = fieldName(node, schema, ['text'])
  const pattern = node.member('regex', 'pattern')
  const named = node.member('format')
  const source = pattern?.text()
  if (pattern && source !== undefined) return [{ check: { kind: 'format', field, format: readPattern(source, pattern) }, about: [field] }]
  const format = named?.text()?.toLowerCase()
  if (!named || format === undefined) throw new RuleProblem('incomplete', node.span, 'it has neither a format nor a regular expression')
  if (!FORMATS.has(format)) throw new RuleProblem('not-translatable', named.span, `the format "${format}"`)
  return [{ check: { kind: 'format', field, format: format as RuleFormat }, about: [field] }]
}

function readPattern(pattern: string, node: RuleNode): RuleFormat {
  try {
    new RegExp(pattern, 'u')
    return { pattern }
  } catch (error) {
    throw new RuleProblem('syntax', node.span, error instanceof Error ? error.message : String(error))
  }
}

/** A JSON Schema for what a field holds. @throws RuleProblem */
export function readSchemaRule(node: RuleNode, { object, schema }: RuleScope): readonly ReadCheck[] {
  const field = fieldName(node, schema, ['structure', 'list', 'text'])
  const wanted = node.member('schema')
  if (!wanted || wanted.value === null) throw new RuleProblem('incomplete', node.span, 'it has no schema')
  const own = object.fields.find(({ name }) => name === field)
  const label = (own && textAttribute(own.attributes, 'label')) ?? titleCase(field)
  return [{ check: { kind: 'json-schema', field, schema: readJsonSchema(wanted) }, about: [field], message: `${label} {{problem}}.` }]
}

function fieldName(node: RuleNode, schema: RuleScope['schema'], types: readonly string[]): string {
  const field = node.member('field')
  const name = field?.text()
  if (!field || name === undefined) throw new RuleProblem('incomplete', node.span, 'it names no field')
  const { type } = fieldOf(field, schema)
  if (!types.includes(type)) throw new RuleProblem('wrong-type', field.span, `"${name}" holds no ${types[0] === 'text' ? 'text' : 'JSON'}`)
  return name
}
