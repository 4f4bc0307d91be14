import { diagnose } from '../diagnostics/diagnose.ts'
import type { Located } from '../source/span.ts'
import type { ObjectIndex } from './object-index.ts'
import type { Report } from './report.ts'
import { suggestName } from './suggest-name.ts'

/**
 * The object a definition in another file belongs to. Where nothing fits, rules and permissions are an error, because leaving
 * them out would leave records unguarded; hooks, actions and the like are dropped with a warning.
 */
export function attachedObject(
  name: Located<string>,
  what: string,
  code: 'link/unknown-object' | 'link/unattached',
  objects: ObjectIndex,
  report: Report,
): string | undefined {
  const resolution = objects.resolve(name.value)
  switch (resolution.kind) {
    case 'exact':
    case 'folded':
    case 'guessed':
      return resolution.object
    case 'ambiguous':
    case 'unknown': {
      const candidates = resolution.kind === 'ambiguous' ? resolution.candidates : objects.names
      const suggestion = suggestName({ name: name.value, candidates, span: name.span, declaredAt: objects.spanOf })
      report(diagnose(code, name.span, { name: name.value, what }, suggestion))
      return undefined
    }
    default:
      return resolution satisfies never
  }
}
