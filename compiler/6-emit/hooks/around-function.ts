import { type AroundIr, passesOn } from '../../behaviour/arounds.ts'
import { type Code, code, fitted, type Hole, lines, NOTHING, type Raw, raw, typeSym } from '../../code/code.ts'
import { LINE_WIDTH } from '../../code/line-width.ts'
import type { MiddlewareIr } from '../../ir/plugin.ts'
import { inComment } from '../objects/js-doc.ts'
import { type OperationStep, stepText } from '../operation-step.ts'
import type { EmitContext } from '../target.ts'
import type { Imports } from './handler-imports.ts'

const RUNTIME = 'objectql/runtime/behaviour'

interface Scope {
  readonly imports: Imports
  readonly lineOf: EmitContext['lineOf']
}

/** `aroundCreateUpdate`: the middleware of some operations, nested. */
export const aroundName = ({ operations }: AroundIr): string =>
  `around${operations.map((operation) => operation[0]?.toUpperCase() + operation.slice(1)).join('')}`

/** `auditTrail`, plugin audit, outer, plugins/audit/audit.plugin.ts:12 */
export function middlewareStep({ name, plugin, phase, module, facts, span }: MiddlewareIr, lineOf: EmitContext['lineOf']): OperationStep {
  const says = [`plugin ${plugin}`, ...(phase === undefined ? [] : [phase])]
  return {
    ...{ kind: 'middleware', name, says, path: module, line: facts?.line ?? lineOf(span) },
    more: { plugin, module, ...(phase === undefined ? {} : { place: phase }) },
  }
}

export function aroundFunction(around: AroundIr, scope: Scope): Code {
  const { operations, middleware } = around
  return code`
/**
 * Around ${raw(operations.join(', '))}, outermost first:
 ${lines(middleware.map((one) => raw(`* - ${inComment(stepText(middlewareStep(one, scope.lineOf)))}`)))}
 */
function ${raw(aroundName(around))}(context: ${typeSym('HookContext', RUNTIME)}, next: () => unknown): unknown {
  return ${nestedCalls(middleware, scope.imports)}
}

`
}

/**
 * `audit(context, () => quota(context, next))`. What may call `next` twice is watched: `() => { context.enter(1, 'audit'); return quota(context, next) }`.
 */
function nestedCalls(middleware: readonly MiddlewareIr[], imports: Imports, level = 0): Hole {
  const [one, inner, ...others] = middleware.slice(level) as [MiddlewareIr, MiddlewareIr?, ...MiddlewareIr[]]
  const name = calledName(one, imports)
  const isWatched = !isCalledOnce(one)
  // What the operation gives is a promise wherever a middleware is not proven to pass it on.
  if (!inner && !isWatched) return code`${name}(context, next)`
  const inside = inner ? nestedCalls(middleware, imports, level + 1) : raw('next()')
  const isAsync = !passesOn(one) && (isWatched || inner?.facts?.isAsync !== true)
  const head = raw(`context, ${isAsync ? 'async ' : ''}() =>`)
  if (isWatched)
    return code`
${name}(${head} {
  context.enter(${level + 1}, ${one.name})
  return ${inside}
})
`
  const broken = (): Code => code`
${name}(${head}
  ${inside},
)
`
  const isShort = others.every(isCalledOnce) && (others.length + 2) * SHORTEST_CALL < LINE_WIDTH
  return isShort ? fitted(code`${name}(${head} ${inside})`, broken) : broken()
}

/** No call is shorter: `a(context, () => )`. */
const SHORTEST_CALL = 18

const isCalledOnce = ({ facts }: MiddlewareIr): boolean => facts?.callsNextOnce === true

/** The constant that holds the function of a middleware. */
export function calledName({ name, module, exportPath, isCopied }: MiddlewareIr, imports: Imports): Raw {
  return raw(imports.nameOf({ name, module, exportPath, ...(isCopied ? { isCopied } : {}) }))
}

/** Which nest goes around which operation. */
export function aroundMember(arounds: readonly AroundIr[]): Hole {
  if (arounds.length === 0) return NOTHING
  const members = arounds.flatMap((around) => around.operations.map((operation) => raw(`${operation}: ${aroundName(around)},`)))
  return code`
around: {
  ${lines(members)}
},`
}
