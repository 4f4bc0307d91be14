import type { MapNode, Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { didYouMean, nearest } from '../diagnostics/suggest.ts'
import type { Located, Span } from '../source/span.ts'
import { HOOK_EVENTS } from '../spec/hook.ts'
import { exportStep } from './export-step.ts'
import { readAttributes, readEntries, reportShape } from './read-attributes.ts'
import { textOf } from './read-node.ts'
import type { Report } from './report.ts'
import type { HookSyntax } from './syntax.ts'
import { HOOK_KEYS } from './tables/other-keys.ts'

export interface HookOrigin {
  readonly module: string
  readonly exportPath: string
  /** The object of hooks that name none, and the start of their names. */
  readonly stem: Located<string>
  /** Name of a hook that gives none. */
  readonly name: string
  readonly package?: string
}

const SPECIAL_KEYS: ReadonlySet<string> = new Set(['name', 'object', 'events', 'handler'])

const EVENT_BY_FOLD: ReadonlyMap<string, string> = new Map(HOOK_EVENTS.map((event) => [event.toLowerCase(), event]))

/** The event a spelling means: `beforeCreate`, `before_create`, `before.create`. */
export const findEvent = (written: string): string | undefined => EVENT_BY_FOLD.get(written.replace(/[\s._:-]/g, '').toLowerCase())

/** True for a `Hook` object, as opposed to a map of functions by event. */
export function isHookObject(node: Node): node is MapNode {
  return node.kind === 'map' && node.entries.some(({ key }) => HOOK_KEYS.find(key)?.name === 'events')
}

/** A `Hook` object: events, objects, handler and what else is said about it. */
export function parseHookObject(node: MapNode, origin: HookOrigin, report: Report): HookSyntax | undefined {
  const entries = readEntries(node, { keys: HOOK_KEYS, what: 'a hook', report })
  const handler = entries.get('handler')
  const condition = entries.get('condition')
  const objects = locatedTexts(entries.get('object')?.value, '"object"', report)
  const phase = phaseOf(entries.get('phase')?.value, report)
  checkErrorMode(entries.get('onError')?.value, report)
  const events = locatedTexts(entries.get('events')?.value, '"events"', report)?.flatMap((event) => knownEvent(event, phase, report) ?? [])
  const attributes = readAttributes(entries, report, SPECIAL_KEYS)
  const registered = textOf(handler?.value)
  if (handler === undefined && !entries.has('body')) report(diagnose('parse/missing-key', node.span, { what: 'hook', key: 'handler' }))
  else if (handler !== undefined && handler.value.kind !== 'function' && registered === undefined) {
    reportShape(handler.value, '"handler"', 'a function or the name of a registered one', report)
  }
  if (registered !== undefined && handler !== undefined) attributes.set('handler', { value: registered, span: handler.value.span })
  if (events === undefined) return undefined
  return {
    name: textOf(entries.get('name')?.value) ?? origin.name,
    objects: objects ?? [origin.stem],
    events,
    module: origin.module,
    exportPath: handler?.value.kind === 'function' ? exportStep(origin.exportPath, handler.key) : origin.exportPath,
    ...(condition?.value.kind === 'function' ? { conditionPath: exportStep(origin.exportPath, condition.key) } : {}),
    attributes,
    ...(origin.package === undefined ? {} : { package: origin.package }),
    span: node.span,
  }
}

/** A function exported under the name of an event, or under one that was probably meant as such. */
export function parseHookFunction(written: string, keySpan: Span, origin: HookOrigin, report: Report): HookSyntax | undefined {
  const event = findEvent(written)
  if (event === undefined) {
    const looksLikeEvent = /^(?:before|after)[A-Z_]/.test(written) || nearest(written, HOOK_EVENTS) !== undefined
    if (looksLikeEvent) reportEvent(written, keySpan, report)
    return undefined
  }
  return {
    name: `${origin.stem.value}.${event}`,
    objects: [origin.stem],
    events: [{ value: event, span: keySpan }],
    module: origin.module,
    exportPath: origin.exportPath,
    attributes: new Map(),
    ...(origin.package === undefined ? {} : { package: origin.package }),
    span: keySpan,
  }
}

const PHASES = ['before', 'after', 'afterCommit', 'afterRollback'] as const

/** When around an operation, of hooks that name the operation alone: `{ phase: 'before', events: ['update'] }`. */
function phaseOf(node: Node | undefined, report: Report): (typeof PHASES)[number] | undefined {
  if (node === undefined) return undefined
  const folded = textOf(node)
    ?.replace(/[\s._:-]/g, '')
    .toLowerCase()
  const phase = PHASES.find((one) => one.toLowerCase() === folded)
  if (phase === undefined) reportShape(node, '"phase"', PHASES.map((one) => JSON.stringify(one)).join(', '), report)
  return phase
}

/** What may be said about errors; others would be taken for `abort`. */
export const ERROR_MODES = { abort: 'throw', throw: 'throw', log: 'log', ignore: 'ignore' } as const

function checkErrorMode(node: Node | undefined, report: Report): void {
  const written = node === undefined ? undefined : textOf(node)
  if (node === undefined || (written !== undefined && Object.hasOwn(ERROR_MODES, written))) return
  reportShape(node, '"onError"', '"abort" (or "throw"), "log" or "ignore"', report)
}

function knownEvent(written: Located<string>, phase: string | undefined, report: Report): Located<string> | undefined {
  const event = findEvent(written.value) ?? (phase && findEvent(`${phase.startsWith('after') ? 'after' : 'before'}${written.value}`))
  if (event !== undefined) return { value: event, span: written.span }
  reportEvent(written.value, written.span, report)
  return undefined
}

function reportEvent(written: string, span: Span, report: Report): void {
  report(diagnose('parse/unknown-event', span, { event: written }, didYouMean({ name: written, candidates: HOOK_EVENTS, span })))
}

function locatedTexts(node: Node | undefined, what: string, report: Report): readonly Located<string>[] | undefined {
  if (node === undefined) return undefined
  const items = node.kind === 'list' ? node.items : [node]
  return items.flatMap((item) => {
    const text = textOf(item)
    if (text !== undefined) return [{ value: text, span: item.span }]
    reportShape(item, what, 'a name or a list of names', report)
    return []
  })
}
