import type { Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Located } from '../source/span.ts'
import { exportStep } from './export-step.ts'
import { membersOf } from './exports.ts'
import { reportShape } from './read-attributes.ts'
import { textOf } from './read-node.ts'
import type { Report } from './report.ts'
import { memberOf, type StackPart } from './stack-members.ts'
import type { MiddlewareSyntax } from './syntax.ts'

/** `middleware: [{ name, on, objects, phase, execute }]` of a plugin. */
export function parseMiddleware(part: StackPart, report: Report): readonly MiddlewareSyntax[] {
  const node = memberOf(part.node, 'middleware')
  if (node === undefined) return []
  if (node.kind !== 'list') {
    reportShape(node, 'The middleware of a plugin', 'a list', report)
    return []
  }
  const holder = { node, exportPath: exportStep(part.exportPath, 'middleware'), path: part.path, stem: part.stem }
  return membersOf(holder).flatMap(({ node: item, exportPath, path }, index) => {
    if (item.kind !== 'map') {
      reportShape(item, 'A middleware', 'a map with a name and a function "execute"', report)
      return []
    }
    const named = memberOf(item, 'name')
    const name = { value: textOf(named) ?? `middleware ${index + 1}`, span: named?.span ?? item.span }
    // Members of a class are on its prototype.
    const isCallable = memberOf(item, 'execute')?.kind === 'function' || typeof Reflect.get(item.origin ?? {}, 'execute') === 'function'
    if (!isCallable) {
      report(diagnose('plugin/middleware-without-execute', name.span, { middleware: name.value }))
      return []
    }
    const [on, objects] = [memberOf(item, 'on'), memberOf(item, 'objects')]
    return [
      {
        name,
        ...(on === undefined ? {} : { on: textsOf(on) }),
        ...(objects === undefined ? {} : { objects: textsOf(objects) }),
        ...phaseOf(memberOf(item, 'phase'), report),
        module: path,
        exportPath: exportStep(exportPath, 'execute'),
        span: item.span,
      },
    ]
  })
}

/** A text, or a list of them. */
const textsOf = (node: Node): readonly Located<string>[] =>
  (node.kind === 'list' ? node.items : [node]).map((item) => ({ value: textOf(item) ?? item.kind, span: item.span }))

function phaseOf(node: Node | undefined, report: Report): Pick<MiddlewareSyntax, 'phase'> {
  const phase = textOf(node)
  if (node === undefined) return {}
  if (phase === 'outer' || phase === 'inner') return { phase }
  reportShape(node, 'The phase of a middleware', '"outer" or "inner"', report)
  return {}
}
