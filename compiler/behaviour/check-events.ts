import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { AppIr, MetadataIr } from '../ir/object.ts'
import type { Span } from '../source/span.ts'
import type { DeclaredEvent } from './declared-event.ts'
import type { ModuleFiles } from './unresolved-import.ts'

/** Events that several plugins declare with different payloads: whoever listens is told about one of them. What reads types is loaded for such events alone. */
export async function checkEvents(app: AppIr, files: ModuleFiles): Promise<readonly Diagnostic[]> {
  const shared = sharedEvents(app.metadata)
  if (shared.length === 0) return []
  const { declaredEvent } = await import('./declared-event.ts')
  return shared.flatMap(([event, declarations]) => {
    const read = declarations.flatMap(({ package: plugin = '', span }) => {
      const found = declaredEvent(span.path, event, files)
      return found?.payload === undefined ? [] : [{ plugin, span: spanOf(found, span), payload: found.payload }]
    })
    const [first, ...others] = read
    return others.flatMap(({ span, payload }) =>
      first === undefined || payload === first.payload
        ? []
        : [
            diagnose(
              'plugin/event-payload',
              span,
              { event, other: first.plugin },
              {
                notes: [
                  { message: `Here it is ${shortened(payload)}.`, span },
                  { message: `In "${first.plugin}" it is ${shortened(first.payload)}.`, span: first.span },
                ],
              },
            ),
          ],
    )
  })
}

/** Events by name with their declarations, where plugins have several. */
function sharedEvents(metadata: readonly MetadataIr[]): readonly (readonly [string, readonly MetadataIr[]])[] {
  const byName = new Map<string, MetadataIr[]>()
  for (const one of metadata)
    if (one.type === 'event' && one.package !== undefined) byName.set(one.name, [...(byName.get(one.name) ?? []), one])
  return [...byName].filter(([, declarations]) => declarations.length > 1)
}

const spanOf = ({ start, end }: DeclaredEvent, { path }: Span): Span => ({ path, start, end })

/** Types may be long. */
const shortened = (type: string): string => (type.length > 200 ? `${type.slice(0, 200)}…` : type)
