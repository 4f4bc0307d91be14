import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, nearest } from '../diagnostics/suggest.ts'
import type { ActionIr, AppIr, HookIr } from '../ir/object.ts'
import { hasHandler, lacksHandler } from './action-handlers.ts'
import { checkNamedCalls } from './check-named-calls.ts'
import { checkNamedFields } from './check-named-fields.ts'
import { leftOut, phasesOf } from './pipelines.ts'

/** What is wrong with hooks and actions although each can be read. */
export function checkBehaviour(app: AppIr): readonly Diagnostic[] {
  const seen = new Set<HookIr['span']>()
  const found: Diagnostic[] = []
  for (const { name, hooks, actions } of app.objects) {
    for (const hook of hooks) {
      const reason = leftOut(hook)
      if (seen.has(hook.span)) continue
      seen.add(hook.span)
      if (reason === 'import')
        found.push(diagnose('behaviour/unresolved-import', hook.span, { hook: hook.name, specifier: hook.facts?.missing ?? '' }))
      if (reason === undefined && typeof hook.annotations['handler'] === 'string')
        found.push(diagnose('behaviour/unknown-handler', hook.span, { hook: hook.name, handler: String(hook.annotations['handler']) }))
    }
    const open = actions.filter(lacksHandler)
    for (const action of open.length === 0 ? [] : actions) found.push(...undeclared(action, name, open))
    for (const action of actions)
      if (lacksHandler(action)) found.push(diagnose('behaviour/action-without-handler', action.span, { action: action.name, object: name }))
  }
  for (const { name, facts, span } of [...app.objects.flatMap(({ middleware = [] }) => middleware), ...(app.restMiddleware ?? [])]) {
    if (facts?.missing === undefined || seen.has(span)) continue
    seen.add(span)
    found.push(diagnose('behaviour/unresolved-import', span, { hook: name, specifier: facts.missing }))
  }
  for (const rule of app.objects.flatMap(({ compiledRules = [] }) => compiledRules))
    if (rule.kind === 'validator' && rule.by.kind === 'function' && rule.by.missing !== undefined)
      found.push(diagnose('behaviour/unresolved-validator', rule.by.span, { rule: rule.name, specifier: rule.by.missing }))
  for (const { name, missing, span } of app.plugins)
    if (missing !== undefined) found.push(diagnose('plugin/unresolved-import', span, { plugin: name, specifier: missing }))
  return [...found, ...checkNamedFields(app), ...checkNamedCalls(app), ...circles(app)]
}

/** Code under a name that no object declares, where one is declared that has no code and is nearly called so. */
function undeclared(action: ActionIr, object: string, open: readonly ActionIr[]): readonly Diagnostic[] {
  if (!hasHandler(action) || action.span.path !== action.module) return []
  const declared = nearest(
    action.name,
    open.map(({ name }) => name),
  )
  const meant = open.find(({ name }) => name === declared)
  if (declared === undefined || meant === undefined) return []
  // A function is marked by its name alone.
  const { fixes = [] } =
    action.exportPath === action.name ? didYouMean({ name: action.name, candidates: [declared], span: action.span }) : {}
  const notes = [{ message: `"${declared}" is declared here.`, span: meant.span }]
  return [diagnose('behaviour/undeclared-action', action.span, { object, action: action.name, declared }, { notes, fixes })]
}

interface Edge {
  readonly to: string
  readonly hook: HookIr
}

/** Hooks of writes that write objects whose hooks write the first again. Each circle is told once, at the first of its hooks. */
function circles(app: AppIr): readonly Diagnostic[] {
  const fold = (name: string): string => name.replace(/[\s_-]/g, '').toLowerCase()
  const nameByFold = new Map(app.objects.map(({ name }) => [fold(name), name]))
  const edgesOf = new Map(
    app.objects.map(({ name, hooks }): [string, readonly Edge[]] => [
      name,
      hooks.filter(isOfWrite).flatMap((hook) =>
        (hook.facts?.writes ?? []).flatMap((written): Edge[] => {
          const to = nameByFold.get(fold(written))
          return to === undefined ? [] : [{ to, hook }]
        }),
      ),
    ]),
  )
  const told = new Set<string>()
  return app.objects.flatMap(({ name }) => {
    const circle = circleThrough(name, edgesOf)
    if (!circle) return []
    const key = circle
      .map(({ to }) => to)
      .sort()
      .join('\0')
    if (told.has(key)) return []
    told.add(key)
    const [first] = circle as readonly [Edge]
    const path = [name, ...circle.map(({ to }) => to)].join(' → ')
    return [diagnose('behaviour/circle', first.hook.span, { path })]
  })
}

const isOfWrite = (hook: HookIr): boolean =>
  leftOut(hook) === undefined && phasesOf(hook.event).some((phase) => /Create|Update|Delete|Restore|Purge|Commit/.test(phase))

/** The shortest way back to an object. */
function circleThrough(start: string, edgesOf: ReadonlyMap<string, readonly Edge[]>): readonly Edge[] | undefined {
  const seen = new Set<string>()
  let ways: readonly (readonly Edge[])[] = (edgesOf.get(start) ?? []).map((edge) => [edge])
  while (ways.length > 0) {
    const next: (readonly Edge[])[] = []
    for (const way of ways) {
      const at = (way.at(-1) as Edge).to
      if (at === start) return way
      if (seen.has(at)) continue
      seen.add(at)
      for (const edge of edgesOf.get(at) ?? []) next.push([...way, edge])
    }
    ways = next
  }
  return undefined
}
