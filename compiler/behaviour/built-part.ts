import { type CallExpression, type Expression, Node } from 'ts-morph'

/** What a chain of the builder was given for a part of the plugin, and what is left of the way to it. */
export interface BuiltPart {
  readonly node: Node
  readonly keys: readonly string[]
}

/** The calls of `new PluginBuilder().name(…).hook(…).build()`, the first first. Undefined for anything else. */
export function builderCalls(expression: Expression): readonly CallExpression[] | undefined {
  const calls: CallExpression[] = []
  let at: Node = expression
  while (Node.isCallExpression(at)) {
    const called: Node = at.getExpression()
    if (!Node.isPropertyAccessExpression(called)) return undefined
    calls.unshift(at)
    at = called.getExpression()
  }
  if (!Node.isNewExpression(at) || calls.length === 0 || methodOf(calls.at(-1)) !== 'build') return undefined
  return isPluginBuilder(at.getExpression()) ? calls : undefined
}

/** Under whatever name it was imported. */
function isPluginBuilder(made: Node): boolean {
  const from = made
    .getSourceFile()
    .getImportDeclaration((one) =>
      one
        .getNamedImports()
        .some((named) => named.getName() === 'PluginBuilder' && (named.getAliasNode() ?? named.getNameNode()).getText() === made.getText()),
    )
  return from?.getModuleSpecifierValue() === 'objectql/plugin-sdk'
}

const methodOf = (call: CallExpression | undefined): string | undefined => {
  const called = call?.getExpression()
  return Node.isPropertyAccessExpression(called) ? called.getName() : undefined
}

/** Which argument of which method a list is made of; without one all of them are members. */
const LISTS: Readonly<Record<string, { readonly method: string; readonly argument?: number; readonly isFunction?: true }>> = {
  hooks: { method: 'hook', argument: 2, isFunction: true },
  actions: { method: 'action', argument: 2 },
  middleware: { method: 'middleware' },
}

/** `hooks[0].handler`, `actions[0].handler`, `middleware[0].execute`. Undefined where it cannot be told. */
export function builtPart(calls: readonly CallExpression[], [list = '', index = '', ...keys]: readonly string[]): BuiltPart | undefined {
  const { method, argument, isFunction } = (Object.hasOwn(LISTS, list) ? LISTS[list] : undefined) ?? {}
  const made = calls.filter((call) => method !== undefined && methodOf(call) === method).map((call) => call.getArguments())
  const members = argument === undefined ? made.flat() : made.map((args) => args[argument])
  // Where one stands for several, what comes behind it has another place.
  if (made.flat().some((one) => Node.isSpreadElement(one))) return undefined
  const node = members[Number(index)]
  if (node === undefined || (isFunction && keys.join('.') !== 'handler')) return undefined
  return { node, keys: isFunction ? [] : keys }
}
