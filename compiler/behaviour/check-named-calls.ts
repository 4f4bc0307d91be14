import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, nearest } from '../diagnostics/suggest.ts'
import type { HandlerFacts } from '../ir/handler.ts'
import type { AppIr, ObjectIr } from '../ir/object.ts'
import { Span } from '../source/span.ts'

/** What every object answers to, whatever its fields. */
const ALWAYS: ReadonlySet<string> = new Set(['id', '_id', '_version', 'created_at', 'updated_at'])

/**
 * Objects and fields that hooks and actions name where they read and write other records, and that there are not. An object of another name may be
 * elsewhere: only one that is nearly called like one of the application is told.
 */
export function checkNamedCalls(app: AppIr): readonly Diagnostic[] {
  const fold = (name: string): string => name.replace(/[\s_-]/g, '').toLowerCase()
  const objectByFold = new Map(app.objects.map((object) => [fold(object.name), object]))
  const names = app.objects.map(({ name }) => name)
  const told = new Set<string>()
  const found: Diagnostic[] = []
  const tell = (diagnostic: Diagnostic): void => {
    const key = `${diagnostic.span.path}\0${diagnostic.span.start}`
    if (!told.has(key)) found.push(diagnostic)
    told.add(key)
  }
  const check = (caller: string, module: string, facts: HandlerFacts | undefined): void => {
    for (const { object: written, fields } of facts?.calls ?? []) {
      const object = objectByFold.get(fold(written.name))
      const span = Span.create(module, written.start, written.end)
      if (!object) {
        if (nearest(written.name, names) !== undefined)
          tell(
            diagnose(
              'behaviour/unknown-object',
              span,
              { caller, object: written.name },
              didYouMean({ name: written.name, candidates: names, span }),
            ),
          )
        continue
      }
      const known = fieldNames(object)
      for (const { name, start, end } of fields) {
        if (known.has(name)) continue
        const place = Span.create(module, start, end)
        const suggestion = didYouMean({ name, candidates: [...known], span: place })
        tell(diagnose('behaviour/unknown-field', place, { hook: caller, field: name, object: object.name }, suggestion))
      }
    }
  }
  for (const { hooks, actions } of app.objects) {
    for (const { name, module, facts } of hooks) check(name, module, facts)
    for (const { name, module, facts } of actions) if (module !== undefined) check(name, module, facts)
  }
  return found
}

const fieldNames = ({ fields, children }: ObjectIr): ReadonlySet<string> =>
  new Set([...ALWAYS, ...[...fields, ...children].map(({ name }) => name)])
