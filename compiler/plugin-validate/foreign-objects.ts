import type { Syntax } from '../2-parse/syntax.ts'
import { mergeObjects } from '../3-link/merge-objects.ts'
import { createObjectIndex } from '../3-link/object-index.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Located, Span } from '../source/span.ts'

/** What a plugin names and does not bring: objects of the application and of other plugins. */
export interface ForeignObjects {
  /** Where each is named, the first time. */
  readonly names: readonly Located<string>[]
  /** An object of each name: what is attached to it is read as if it were there. */
  readonly standIns: { readonly [path: string]: string }
  /** Whether a problem is about fields of a stand-in, of which nobody knows here. */
  isAboutStandIn(diagnostic: Diagnostic): boolean
}

/** Folder of files that are nowhere. */
export const STAND_INS = '.objectql-stand-ins'

export function foreignObjects(syntax: Syntax): ForeignObjects {
  const owned = syntax.objects.filter(({ role }) => role === 'definition')
  const index = createObjectIndex(mergeObjects(owned, () => undefined))
  const foreign = new Map<string, Located<string>>()
  const spans: Span[] = []
  const name = (located: Located<string> | undefined, span?: Span): void => {
    if (located === undefined || located.value === '*' || located.value === '' || index.resolve(located.value).kind !== 'unknown') return
    if (!foreign.has(located.value)) foreign.set(located.value, located)
    if (span !== undefined) spans.push(span)
  }
  for (const { role, name: extended, span } of syntax.objects) if (role === 'extension') name(extended, span)
  for (const { objects, span } of syntax.hooks) for (const object of objects) name(object, span)
  for (const { object, span } of [...syntax.actions, ...syntax.rules, ...syntax.validators, ...syntax.seeds]) name(object, span)
  for (const { object, span } of [...syntax.permissions, ...syntax.workflows]) name(object, span)
  for (const { middleware } of syntax.plugins)
    for (const { objects = [], span } of middleware) for (const object of objects) name(object, span)
  for (const { fields } of syntax.objects)
    for (const { attributes } of fields) {
      const reference = attributes.get('reference')
      for (const one of [reference?.value].flat())
        if (typeof one === 'string') name({ value: one, span: (reference as Located<unknown>).span })
    }
  const names = [...foreign.values()]
  return {
    names,
    standIns: Object.fromEntries(
      names.map(({ value }, position) => [
        `${STAND_INS}/stand-in-${position}.object.json`,
        JSON.stringify({ name: value, fields: { name: { type: 'text' } } }),
      ]),
    ),
    isAboutStandIn: ({ code, message, span }) =>
      span.path.startsWith(STAND_INS) ||
      (/\/unknown-(?:\w+-)?(?:field|key|option|state)$|\/summary-/.test(code) &&
        (names.some(({ value }) => message.includes(`"${value}"`)) || spans.some((outer) => holds(outer, span)))),
  }
}

const holds = (outer: Span, inner: Span): boolean => outer.path === inner.path && outer.start <= inner.start && inner.end <= outer.end
