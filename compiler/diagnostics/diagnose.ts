import type { Span } from '../source/span.ts'
import { catalog, type DiagnosticCode, type Hole, type HolesOf } from './catalog.ts'
import type { Diagnostic, Fix } from './diagnostic.ts'

export interface DiagnosticExtras {
  readonly notes?: Diagnostic['notes']
  readonly fixes?: readonly Fix[]
}

/** Longer values are cut, so that a message stays one readable line whatever the input holds. */
const LONGEST_HOLE = 80

/**
 * One problem, with the severity and the sentence the catalog has for its code.
 *
 *     diagnose('link/unknown-object', reference.span, { name: reference.value }, didYouMean(...))
 */
export function diagnose<Code extends DiagnosticCode>(
  code: Code,
  span: Span,
  holes: HolesOf<Code>,
  extras: DiagnosticExtras = {},
): Diagnostic {
  const entry = catalog[code]
  return {
    code,
    severity: entry.severity,
    message: fill(entry.message, holes),
    span: plain(span),
    notes: (extras.notes ?? []).map((note) => (note.span === undefined ? note : { ...note, span: plain(note.span) })),
    fixes: (extras.fixes ?? []).map(({ title, edits }) => ({ title, edits: edits.map((edit) => ({ ...edit, span: plain(edit.span) })) })),
  }
}

/** Spans in modules are worked out when they are looked at. A diagnostic is data that may be copied, so it looks. */
const plain = ({ path, start, end }: Span): Span => ({ path, start, end })

function fill(message: string, holes: { readonly [name: string]: Hole }): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = holes[name]
    return value === undefined ? whole : printHole(value)
  })
}

function printHole(value: Hole): string {
  const text = String(value)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
  if (text.length <= LONGEST_HOLE) return text
  return `${text.slice(0, LONGEST_HOLE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
