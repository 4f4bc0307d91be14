import type { MapNode, Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Json } from '../source/json.ts'
import { reportShape } from './read-attributes.ts'
import { isEmpty, labelOf, textOf, toJson } from './read-node.ts'
import type { Report } from './report.ts'
import type { OptionSyntax } from './syntax.ts'

/** The options of a choice field: texts, numbers, or maps with a value. Values stay exactly as they are written. */
export function parseOptions(node: Node, key: string, report: Report): readonly OptionSyntax[] | undefined {
  if (node.kind !== 'list') {
    reportShape(node, `"${key}"`, 'a list of options', report)
    return undefined
  }
  return node.items.flatMap((item) => parseOption(item, report) ?? [])
}

function parseOption(node: Node, report: Report): OptionSyntax | undefined {
  if (node.kind === 'map') return parseOptionMap(node, report)
  const value = optionValue(node)
  if (value !== undefined) return { value: { value, span: node.span }, label: String(value), isDefault: false, annotations: {} }
  reportShape(node, 'An option', 'text, a number or a map with a "value"', report)
  return undefined
}

function parseOptionMap(node: MapNode, report: Report): OptionSyntax | undefined {
  const entries = new Map(node.entries.map((entry) => [entry.key.toLowerCase(), entry]))
  const valueEntry = entries.get('value') ?? entries.get('name') ?? entries.get('id')
  const labelEntry = entries.get('label') ?? entries.get('text') ?? entries.get('title')
  const label = labelEntry === undefined ? undefined : labelOf(labelEntry.value)
  if (valueEntry === undefined || isEmpty(valueEntry.value)) {
    report(diagnose('parse/missing-key', node.span, { what: 'option', key: 'value' }))
    return undefined
  }
  const value = optionValue(valueEntry.value)
  if (value === undefined) {
    reportShape(valueEntry.value, 'The "value" of an option', 'text or a number', report)
    return undefined
  }
  const isDefault = entries.get('default')?.value
  const rest = node.entries.filter((entry) => entry !== valueEntry && entry !== labelEntry && entry.key.toLowerCase() !== 'default')
  return {
    value: { value, span: valueEntry.value.span },
    label: label ?? String(value),
    isDefault: isDefault?.kind === 'scalar' && isDefault.value === true,
    annotations: Object.fromEntries(rest.map((entry): [string, Json] => [entry.key, toJson(entry.value)])),
  }
}

/** `- yes` is text already; `- true` is meant as one. */
function optionValue(node: Node): string | number | undefined {
  if (node.kind !== 'scalar' || node.value === null) return undefined
  return typeof node.value === 'boolean' ? String(node.value) : (textOf(node) ?? Number(node.value))
}
