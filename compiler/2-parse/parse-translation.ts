import type { MapNode, Node } from '../1-load/node.ts'
import type { Json } from '../source/json.ts'
import { reportShape } from './read-attributes.ts'
import { toJson } from './read-node.ts'
import type { Report } from './report.ts'
import type { TranslationSyntax } from './syntax.ts'

const LABEL_KEYS: ReadonlySet<string> = new Set(['label', 'pluralLabel', 'plural_label', 'description'])

/**
 * `i18n/<locale>/<object>.json`. The body always reads `{ objects: { <object>: … } }`: a file may hold one object's labels, those
 * of several objects, or the whole form already.
 */
export function parseTranslationFile(node: Node, path: string, stem: string, report: Report): TranslationSyntax | undefined {
  const locale = /(?:^|\/)i18n\/([^/]+)\/[^/]+$/.exec(path)?.[1] ?? ''
  if (node.kind === 'map') return { locale, body: bodyOf(node, stem), span: node.span }
  reportShape(node, 'A translation file', 'a map of labels', report)
  return undefined
}

/** `translations: [{ en: { objects: … } }]` of a stack, or the same as one map. */
export function parseTranslations(node: Node, report: Report): readonly TranslationSyntax[] {
  const bundles = node.kind === 'list' ? node.items : [node]
  return bundles.flatMap((bundle) => {
    if (bundle.kind !== 'map') {
      reportShape(bundle, '"translations"', 'a map by locale', report)
      return []
    }
    return bundle.entries.map(({ key, value }) => ({
      locale: key,
      body: value.kind === 'map' ? bodyOf(value, undefined) : toJson(value),
      span: value.span,
    }))
  })
}

function bodyOf(node: MapNode, stem: string | undefined): Json {
  const isWhole = node.entries.some(({ key, value }) => key === 'objects' && value.kind === 'map')
  if (isWhole) return toJson(node)
  const isOneObject = node.entries.some(({ key, value }) => (LABEL_KEYS.has(key) && value.kind === 'scalar') || isFieldLabels(key, value))
  return { objects: isOneObject && stem !== undefined ? { [stem]: toJson(node) } : toJson(node) }
}

/** `fields: { name: { label } }` and not an object that happens to be called `fields`. */
function isFieldLabels(key: string, value: Node): boolean {
  return (
    key === 'fields' && value.kind === 'map' && !value.entries.some((entry) => LABEL_KEYS.has(entry.key) && entry.value.kind === 'scalar')
  )
}
