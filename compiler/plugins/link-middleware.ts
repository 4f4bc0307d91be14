import { type MiddlewareOperation, OPERATIONS, outermostFirst } from '../../runtime-lite/middleware/middleware.ts'
import type { MiddlewareSyntax, PluginSyntax } from '../2-parse/syntax.ts'
import type { LinkedMiddleware } from '../3-link/model.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'

/** The middleware of all plugins, outermost first: in the order of the plugins and of their lists, with what says `outer` or `inner` at the ends. */
export function linkMiddleware(
  plugins: readonly PluginSyntax[],
  objectNames: readonly string[],
): { readonly middleware: readonly LinkedMiddleware[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const linked = plugins.flatMap(({ name: plugin, middleware }) => {
    const spanByName = new Map<string, MiddlewareSyntax['name']['span']>()
    return middleware.map((one): LinkedMiddleware => {
      const { name, phase, module, exportPath, span } = one
      const first = spanByName.get(name.value)
      if (first)
        diagnostics.push(
          diagnose(
            'plugin/duplicate-middleware',
            name.span,
            { plugin: plugin.value, middleware: name.value },
            { notes: [{ message: 'The other one is here.', span: first }] },
          ),
        )
      else spanByName.set(name.value, name.span)
      const on = operationsOf(one, diagnostics)
      const objects = on === 'rest' ? [] : objectsOf(one, objectNames, diagnostics)
      return { name: name.value, plugin: plugin.value, on, objects, ...(phase ? { phase } : {}), module, exportPath, span }
    })
  })
  return { middleware: outermostFirst(linked), diagnostics }
}

const isOperation = (name: string): name is MiddlewareOperation => (OPERATIONS as readonly string[]).includes(name)

function operationsOf({ name, on }: MiddlewareSyntax, diagnostics: Diagnostic[]): LinkedMiddleware['on'] {
  if (on === undefined) return OPERATIONS
  const [only] = on
  if (on.length === 1 && only?.value === 'rest') return 'rest'
  const found: MiddlewareOperation[] = []
  for (const { value, span } of on) {
    if (isOperation(value)) found.push(value)
    else {
      const suggestion = didYouMean({ name: value, candidates: [...OPERATIONS, ...(on.length === 1 ? ['rest'] : [])], span })
      diagnostics.push(diagnose('plugin/middleware-operation', span, { middleware: name.value, operation: value }, suggestion))
    }
  }
  return OPERATIONS.filter((operation) => found.includes(operation))
}

function objectsOf({ name, objects }: MiddlewareSyntax, known: readonly string[], diagnostics: Diagnostic[]): readonly string[] {
  if (objects === undefined) return known
  const found = new Set<string>()
  for (const { value, span } of objects) {
    if (value === '*') for (const object of known) found.add(object)
    else if (known.includes(value)) found.add(value)
    else {
      const suggestion = didYouMean({ name: value, candidates: known, span })
      diagnostics.push(diagnose('plugin/middleware-object', span, { middleware: name.value, object: value }, suggestion))
    }
  }
  return [...found].sort()
}
