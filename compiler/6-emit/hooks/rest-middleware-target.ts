import { posix } from 'node:path'
import { calledMiddleware } from '../../behaviour/arounds.ts'
import { code, type Hole, lines, raw, sym, typeSym } from '../../code/code.ts'
import { sourceText } from '../../code/source-text.ts'
import type { AppIr } from '../../ir/object.ts'
import type { MiddlewareIr } from '../../ir/plugin.ts'
import { fileHeader } from '../file-header.ts'
import { inComment } from '../objects/js-doc.ts'
import { stepText } from '../operation-step.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'
import { calledName, middlewareStep } from './around-function.ts'
import { createHandlerImports } from './handler-imports.ts'

const RUNTIME = 'objectql/runtime/kernel'

/** `middleware.ts`: what goes around requests, nested. Absent where nothing does. */
export const restMiddlewareTarget: Target = {
  name: 'middleware',
  emit: (app, _config, context): readonly OutputFile[] =>
    hasRestMiddleware(app) ? [{ path: 'middleware.ts', text: restModule(calledMiddleware(app.restMiddleware ?? []), context) }] : [],
}

export const hasRestMiddleware = ({ restMiddleware = [] }: AppIr): boolean => calledMiddleware(restMiddleware).length > 0

function restModule(middleware: readonly MiddlewareIr[], { output = 'generated', lineOf }: EmitContext): string {
  const imports = createHandlerImports(posix.normalize(output), ['aroundRest', 'next', 'RestContext', 'RestReply'])
  const nest = middleware.reduceRight<Hole>(
    (inside, one, index) => code`${calledName(one, imports)}(context, () =>
  context.next(${index + 1}, ${one.name}, () =>
    ${inside},
  ),
)`,
    raw('next()'),
  )
  return sourceText({
    header: [fileHeader(), ...imports.statements()].join('\n'),
    body: code`
${lines(imports.constants((name) => sym(name, 'objectql/runtime/behaviour')))}

/**
 * Around every request, outermost first:
 ${lines(middleware.map((one) => raw(`* - ${inComment(stepText(middlewareStep(one, lineOf)))}`)))}
 */
export function aroundRest(context: ${typeSym('RestContext', RUNTIME)}, next: () => unknown): unknown {
  return ${nest}
}
`,
  })
}
