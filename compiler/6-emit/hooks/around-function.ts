import { type AroundIr, passesOn } from '../../behaviour/arounds.ts'
import { type Code, code, type Hole, lines, NOTHING, type Raw, raw, typeSym } from '../../code/code.ts'
import type { MiddlewareIr } from '../../ir/plugin.ts'
import { inComment } from '../objects/js-doc.ts'
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

/** `auditTrail (plugin audit, outer, plugins/audit/audit.plugin.ts:12)` */
export function middlewareText({ name, plugin, phase, module, facts, span }: MiddlewareIr, lineOf: EmitContext['lineOf']): string {
  const said = [`plugin ${plugin}`, ...(phase === undefined ? [] : [phase]), `${module}:${facts?.line ?? lineOf(span)}`]
  return `${name} (${said.join(', ')})`
}

export function aroundFunction(around: AroundIr, scope: Scope): Code {
  const { operations, middleware } = around
  return code`
/**
 * Around ${raw(operations.join(', '))}, outermost first:
 ${lines(middleware.map((one) => raw(`* - ${inComment(middlewareText(one, scope.lineOf))}`)))}
 */
function ${raw(aroundName(around))}(context: ${typeSym('HookContext', RUNTIME)}, next: () => unknown): unknown {
  return ${nestedCalls(middleware, scope.imports)}
}

`
}

/** `audit(context, () => { context.enter(1, 'audit'); return quota(context, …) })` */
const nestedCalls = (middleware: readonly MiddlewareIr[], imports: Imports): Hole =>
  middleware.reduceRight<Hole>(
    (inside, one, index) => code`${calledName(one, imports)}(context, ${raw(passesOn(one) ? '' : 'async ')}() => {
  context.enter(${index + 1}, ${one.name})
  return ${inside}
})`,
    raw('next()'),
  )

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
