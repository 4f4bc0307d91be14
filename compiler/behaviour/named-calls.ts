import { Node, SyntaxKind } from 'ts-morph'
import type { NamedCall, NamedField } from '../ir/handler.ts'

/** Members of a context that read and write other records. */
const ACCESS: ReadonlySet<string> = new Set(['api', 'ql', 'db'])

/** Methods, and which of the arguments behind the object is a record, and which a query. */
const METHODS: Readonly<Record<string, { readonly record?: number; readonly query?: number }>> = {
  create: { record: 0 },
  insert: { record: 0 },
  update: { record: 1 },
  updateMany: { query: 0, record: 1 },
  upsert: { record: 0 },
  find: { query: 0 },
  findOne: { query: 0 },
  count: { query: 0 },
  deleteMany: { query: 0 },
  get: {},
  delete: {},
}

/** Objects and fields that a handler names where it reads and writes other records: `ctx.api.update('task', id, { done: true })`. */
export function namedCalls(handler: Node): readonly NamedCall[] {
  const isAccess = accessOf(handler)
  return handler.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((call): NamedCall[] => {
    const called = call.getExpression()
    if (!Node.isPropertyAccessExpression(called)) return []
    const method = called.getName()
    const args = call.getArguments()
    const holder = called.getExpression()
    if (method === 'object' && isAccess(holder)) return named(args[0], [])
    const takes = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined
    if (!takes) return []
    if (isAccess(holder)) return named(args[0], fieldsOf(args.slice(1), takes))
    const inner = Node.isCallExpression(holder) ? holder.getExpression() : undefined
    if (!Node.isCallExpression(holder) || !Node.isPropertyAccessExpression(inner)) return []
    return inner.getName() === 'object' && isAccess(inner.getExpression()) ? named(holder.getArguments()[0], fieldsOf(args, takes)) : []
  })
}

function named(object: Node | undefined, fields: readonly NamedField[]): NamedCall[] {
  if (!Node.isStringLiteral(object) && !Node.isNoSubstitutionTemplateLiteral(object)) return []
  return [{ object: { name: object.getLiteralText(), start: object.getStart() + 1, end: object.getEnd() - 1 }, fields }]
}

/** Recognises what gives access to other records by the parameter of the handler. */
function accessOf(handler: Node): (node: Node) => boolean {
  const [parameter] = Node.isParametered(handler) ? handler.getParameters() : []
  const name = parameter?.getNameNode()
  const context = Node.isIdentifier(name) ? name.getText() : undefined
  const holders = new Set<string>()
  const takeApart = (pattern: Node | undefined): void => {
    if (!Node.isObjectBindingPattern(pattern)) return
    for (const element of pattern.getElements())
      if (ACCESS.has(element.getPropertyNameNode()?.getText() ?? element.getName()) && Node.isIdentifier(element.getNameNode()))
        holders.add(element.getName())
  }
  takeApart(name)
  for (const declared of handler.getDescendantsOfKind(SyntaxKind.VariableDeclaration))
    if (context !== undefined && declared.getInitializer()?.getText() === context) takeApart(declared.getNameNode())
  return function isAccess(node: Node): boolean {
    if (Node.isIdentifier(node)) return holders.has(node.getText())
    if (!Node.isPropertyAccessExpression(node)) return false
    if (node.getName() === 'doc') return isAccess(node.getExpression())
    return ACCESS.has(node.getName()) && node.getExpression().getText() === context
  }
}

function fieldsOf(args: readonly Node[], { record, query }: { readonly record?: number; readonly query?: number }): readonly NamedField[] {
  const asked = query === undefined ? undefined : args[query]
  return [...(record === undefined ? [] : keysOf(args[record])), ...(asked ? conditionsOf(asked) : [])]
}

/** The names of an object's keys that stand in the source, except operators and paths. */
function keysOf(node: Node | undefined): readonly NamedField[] {
  if (!Node.isObjectLiteralExpression(node)) return []
  return node.getProperties().flatMap((property): NamedField[] => {
    if (!Node.isPropertyAssignment(property) && !Node.isShorthandPropertyAssignment(property)) return []
    const key = property.getNameNode()
    if (Node.isIdentifier(key)) return plain(key.getText(), key, 0)
    return Node.isStringLiteral(key) ? plain(key.getLiteralText(), key, 1) : []
  })
}

/** `{ where: { status: 'open' } }`, `{ filters: [['status', '=', 'open']] }` */
function conditionsOf(query: Node): readonly NamedField[] {
  const where = memberOf(query, 'where')
  const filters = memberOf(query, 'filters')
  const listed = Node.isArrayLiteralExpression(filters)
    ? filters.getElements().flatMap((one): readonly NamedField[] => {
        const [field, operator] = Node.isArrayLiteralExpression(one) ? one.getElements() : []
        return Node.isStringLiteral(field) && Node.isStringLiteral(operator) ? plain(field.getLiteralText(), field, 1) : []
      })
    : []
  return [...keysOf(where), ...keysOf(filters), ...listed]
}

function memberOf(node: Node, key: string): Node | undefined {
  const property = Node.isObjectLiteralExpression(node) ? node.getProperty(key) : undefined
  return Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
}

/** Words of filters, and paths over relations, are no fields. */
function plain(name: string, node: Node, inset: number): NamedField[] {
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) || /^(?:and|or|not)$/i.test(name)) return []
  return [{ name, start: node.getStart() + inset, end: node.getEnd() - inset }]
}
