import { type CallExpression, Node, Project, SyntaxKind } from 'ts-morph'
import { shapeHash } from '../../runtime-lite/query/shape-hash.ts'
import { operationsOf } from '../6-emit/client/operation.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Host } from '../host/host.ts'
import { fromProjectPath } from '../host/project-path.ts'
import type { AppIr } from '../ir/object.ts'
import type { PlannedCallIr } from '../ir/query-plan.ts'
import { planCall } from '../queries/plan-call.ts'
import { planningScope } from '../queries/plan-queries.ts'
import { callQuery } from './call-query.ts'
import { findSources } from './find-sources.ts'
import { readLiteral, UNKNOWN } from './read-literal.ts'

export interface ReadSources {
  /** Sorted by hash; the first place of each. */
  readonly calls: readonly PlannedCallIr[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Methods that read → the operation, and where their options stand. */
const METHODS: Readonly<Record<string, { readonly operation: 'list' | 'get' | 'count'; readonly at: number }>> = {
  list: { operation: 'list', at: 0 },
  find: { operation: 'list', at: 0 },
  each: { operation: 'list', at: 0 },
  pages: { operation: 'list', at: 0 },
  aggregate: { operation: 'list', at: 0 },
  getBy: { operation: 'list', at: 0 },
  count: { operation: 'count', at: 0 },
  get: { operation: 'get', at: 1 },
}

interface FoundCall {
  readonly object: string
  readonly method: string
  readonly options: Node | undefined
}

/** Reads of the SDK and in process that stand literally in the application's sources. Nothing is run and no types are looked at. */
export function readSources(app: AppIr, config: ResolvedConfig, host: Host, root: string): ReadSources {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipFileDependencyResolution: true,
    skipLoadingLibFiles: true,
    compilerOptions: { allowJs: true },
  })
  const functions = new Map(
    app.objects.flatMap((object) =>
      operationsOf(object).map(({ name, method }): [string, { object: string; method: string }] => [name, { object: object.name, method }]),
    ),
  )
  const scope = planningScope(app, config)
  const names = new Set(app.objects.map(({ name }) => name))
  const callByHash = new Map<string, PlannedCallIr>()
  const diagnostics: Diagnostic[] = []
  for (const path of findSources(host, root, config)) {
    const text = host.readText(fromProjectPath(root, path))
    if (text === undefined) continue
    const file = project.createSourceFile(`/${path}`, text, { overwrite: true })
    const aliases = new Map(
      file
        .getImportDeclarations()
        .flatMap((declaration) =>
          declaration.getNamedImports().map((item): [string, string] => [item.getAliasNode()?.getText() ?? item.getName(), item.getName()]),
        ),
    )
    for (const call of file.getDescendantsOfKind(SyntaxKind.CallExpression)) {
      const found = foundCall(call, names, (name) => functions.get(aliases.get(name) ?? ''))
      const method = found && METHODS[found.method]
      if (found === undefined || method === undefined) continue
      const options = optionsOf(found)
      const result =
        options === UNKNOWN ? { reason: 'its options are not written where it is called' } : callQuery(found.method, options, config.api)
      if ('reason' in result) {
        const span = { path, start: call.getStart(), end: call.getEnd() }
        diagnostics.push(diagnose('plan/not-planned-ahead', span, { object: found.object, reason: result.reason }))
        continue
      }
      const { object } = found
      const { operation } = method
      const hash = shapeHash(object, operation, result.query)
      const known = callByHash.get(hash) ?? { hash, object, operation, source: `${path}:${call.getStartLineNumber()}`, plans: [] }
      const planned = planCall({ object, operation, query: result.query }, scope)
      if (planned && 'reason' in planned) {
        const span = { path, start: call.getStart(), end: call.getEnd() }
        diagnostics.push(diagnose('plan/not-planned-ahead', span, { object, reason: planned.reason }))
      }
      const isNew = planned && 'shape' in planned && !known.plans.some(({ shape }) => shape === planned.shape)
      callByHash.set(hash, isNew ? { ...known, plans: [...known.plans, planned] } : known)
    }
    project.removeSourceFile(file)
  }
  const calls = [...callByHash.values()].filter(({ operation, object }) => operation !== 'get' || object !== '')
  return { calls: calls.sort((a, b) => (a.hash < b.hash ? -1 : 1)), diagnostics }
}

/** `client.account.list(…)`, `app.objects.account.find(…)`, `listAccounts(connection, …)`. */
function foundCall(
  call: CallExpression,
  objectNames: ReadonlySet<string>,
  functionOf: (name: string) => { readonly object: string; readonly method: string } | undefined,
): FoundCall | undefined {
  const callee = call.getExpression()
  if (Node.isIdentifier(callee)) {
    const known = functionOf(callee.getText())
    // The connection stands before the arguments of the method.
    return known && { ...known, options: call.getArguments()[1 + (METHODS[known.method]?.at ?? 0)] }
  }
  if (!Node.isPropertyAccessExpression(callee)) return undefined
  const object = objectName(callee.getExpression())
  const method = METHODS[callee.getName()]
  if (object === undefined || method === undefined || !objectNames.has(object)) return undefined
  return { object, method: callee.getName(), options: call.getArguments()[method.at] }
}

/** The last name of `client.account` and `objects['account']`. */
function objectName(node: Node): string | undefined {
  if (Node.isPropertyAccessExpression(node)) return node.getName()
  const argument = Node.isElementAccessExpression(node) ? node.getArgumentExpression() : undefined
  return Node.isStringLiteral(argument) ? argument.getLiteralText() : undefined
}

function optionsOf({ options }: FoundCall): unknown {
  if (options === undefined) return undefined
  const literal = readLiteral(options)
  return literal === 'unknown' ? UNKNOWN : literal.value
}
