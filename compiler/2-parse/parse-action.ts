import type { MapNode, Node } from '../1-load/node.ts'
import type { Located, Span } from '../source/span.ts'
import { exportStep } from './export-step.ts'
import { parseFields } from './parse-field.ts'
import { type Entries, readAttributes, readEntries, reportShape } from './read-attributes.ts'
import { isEmpty, namedItems, textOf } from './read-node.ts'
import type { Report } from './report.ts'
import type { ActionSyntax } from './syntax.ts'
import { ACTION_KEYS } from './tables/other-keys.ts'

const SPECIAL_KEYS: ReadonlySet<string> = new Set(['name', 'object', 'params', 'handler'])

/** Where an action's code is, if it has any. */
export interface ActionOrigin {
  readonly name: Located<string>
  readonly object?: Located<string>
  readonly module?: string
  readonly exportPath?: string
}

/** Actions that stand inside an object: a map by name or a list. */
export function parseObjectActions(node: Node, report: Report): readonly ActionSyntax[] {
  if (isEmpty(node)) return []
  if (node.kind !== 'map' && node.kind !== 'list') {
    reportShape(node, '"actions"', 'a map by name or a list', report)
    return []
  }
  return namedItems(node).flatMap(({ key, keySpan, value }) => {
    const name = nameOf(value) ?? (key === undefined || keySpan === undefined ? undefined : { value: key, span: keySpan })
    if (name !== undefined && isEmpty(value)) return [emptyAction(name)]
    // A text is a name only: what it stands for is declared elsewhere.
    const reference = textOf(value)
    if (key === undefined && reference !== undefined) return [emptyAction({ value: reference, span: value.span })]
    if (value.kind === 'map' && name !== undefined) return [parseAction(value, { name }, report)]
    reportShape(value, 'An action', value.kind === 'map' ? 'a map with a "name"' : 'a map', report)
    return []
  })
}

const emptyAction = (name: Located<string>): ActionSyntax => ({ name, scope: 'global', params: [], attributes: new Map(), span: name.span })

/** One action from its definition. */
export function parseAction(node: MapNode, origin: ActionOrigin, report: Report): ActionSyntax {
  const entries = readEntries(node, { keys: ACTION_KEYS, what: 'an action', report })
  const object = locatedText(entries.get('object')?.value) ?? origin.object
  const handler = entries.get('handler')
  const params = entries.get('params')
  const attributes = readAttributes(entries, report, SPECIAL_KEYS)
  if (handler !== undefined && textOf(handler.value) !== undefined) {
    attributes.set('handler', { value: textOf(handler.value) ?? null, span: handler.value.span })
  } else if (handler !== undefined && handler.value.kind !== 'function' && origin.module !== undefined) {
    // A module says what it means; what stands in an object may be code elsewhere.
    reportShape(handler.value, '"handler"', 'a function or the name of a registered one', report)
  }
  return {
    name: nameOf(node) ?? origin.name,
    ...(object === undefined ? {} : { object }),
    scope: scopeOf(entries),
    params: params === undefined ? [] : parseFields(params.value, 'parameter', report),
    attributes,
    ...(origin.module === undefined ? {} : { module: origin.module }),
    ...(origin.exportPath === undefined || handler?.value.kind !== 'function'
      ? {}
      : { exportPath: exportStep(origin.exportPath, handler.key) }),
    span: node.span,
  }
}

/** An action that is nothing but a function. */
export function functionAction(origin: ActionOrigin, span: Span): ActionSyntax {
  return { ...origin, scope: 'global', params: [], attributes: new Map(), span }
}

/**
 * `record` and `global` say it themselves. Otherwise an action belongs to a record when it names fields of it or a place where
 * one record is shown.
 */
function scopeOf(entries: Entries): ActionSyntax['scope'] {
  const type = textOf(entries.get('type')?.value)
  if (type === 'record' || type === 'global') return type
  if (entries.has('fields')) return 'record'
  const locations = entries.get('locations')?.value
  const places = locations?.kind === 'list' ? locations.items.map(textOf) : [textOf(locations)]
  return places.some((place) => place?.startsWith('record') || place === 'list_item') ? 'record' : 'global'
}

function nameOf(node: Node): Located<string> | undefined {
  if (node.kind !== 'map') return undefined
  return locatedText(node.entries.find(({ key }) => key === 'name')?.value)
}

function locatedText(node: Node | undefined): Located<string> | undefined {
  const text = textOf(node)
  return node === undefined || text === undefined || text === '' ? undefined : { value: text, span: node.span }
}
