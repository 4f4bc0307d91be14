import { type Expression, type Program, parseSync } from 'oxc-parser'

/** What a module exports under a name, as far as reading it tells. */
export type ExportedFunction =
  | { readonly kind: 'function' }
  /** A call, or another module's export: what it is, shows when it is imported. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'other'; readonly actual: string; readonly start: number; readonly end: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'syntax'; readonly problem: string; readonly start: number; readonly end: number }

/** Nothing is executed: what a module does when it is imported may need what only a server has. */
export function exportedFunction(path: string, text: string, name: string): ExportedFunction {
  const { program, module, errors } = parseSync(path, text.replace(/^\uFEFF/, ' '))
  const [error] = errors
  if (error !== undefined) {
    const { start, end } = error.labels[0] ?? { start: 0, end: 0 }
    return { kind: 'syntax', problem: error.message.replace(/\.$/, ''), start, end }
  }
  if (!module.hasModuleSyntax) return name === 'default' && /\bmodule\.exports\b/.test(text) ? { kind: 'unknown' } : { kind: 'none' }
  for (const statement of program.body)
    if (statement.type === 'ExportDefaultDeclaration' && name === 'default') return judge(statement.declaration as Expression, program)
  const entries = module.staticExports.flatMap(({ entries: all }) => all).filter(({ isType }) => !isType)
  const exported = entries.find(({ exportName }) => exportName.kind !== 'None' && nameOf(exportName) === name)
  if (exported?.moduleRequest) return { kind: 'unknown' }
  if (exported) return declared(exported.localName.name ?? name, program)
  // A star never passes a default on.
  const isPassedOn = name !== 'default' && entries.some(({ importName }) => importName.kind === 'AllButDefault')
  return isPassedOn ? { kind: 'unknown' } : { kind: 'none' }
}

const nameOf = ({ kind, name }: { readonly kind: string; readonly name: string | null }): string | null =>
  kind === 'Default' ? 'default' : name

/** What the module declares by that name; unknown for what it imports. */
function declared(name: string, program: Program, depth = 0): ExportedFunction {
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type === 'FunctionDeclaration' && declaration.id?.name === name) return { kind: 'function' }
    if (declaration?.type === 'ClassDeclaration' && declaration.id?.name === name) return other('a class', declaration.id)
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id, init } of declaration.declarations)
      if (id.type === 'Identifier' && id.name === name && init !== null) return judge(init, program, depth + 1)
  }
  return { kind: 'unknown' }
}

const OTHERS: Readonly<Record<string, string>> = {
  ObjectExpression: 'an object',
  ArrayExpression: 'a list',
  TemplateLiteral: 'a text',
  ClassDeclaration: 'a class',
  ClassExpression: 'a class',
  NewExpression: 'an object',
}

function judge(expression: Expression, program: Program, depth = 0): ExportedFunction {
  if (depth > 20) return { kind: 'unknown' }
  switch (expression.type as string) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return { kind: 'function' }
    case 'ParenthesizedExpression':
    case 'TSSatisfiesExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
      return judge((expression as unknown as { readonly expression: Expression }).expression, program, depth + 1)
    case 'Literal': {
      const { value } = expression as { readonly value?: unknown }
      return other(value === null ? 'null' : typeof value === 'string' ? 'a text' : String(value), expression)
    }
    case 'Identifier': {
      const found = declared((expression as unknown as { readonly name: string }).name, program, depth)
      return found.kind === 'other' ? { ...found, start: expression.start, end: expression.end } : found
    }
    default: {
      const actual = OTHERS[expression.type]
      return actual === undefined ? { kind: 'unknown' } : other(actual, expression)
    }
  }
}

const other = (actual: string, { start, end }: { readonly start: number; readonly end: number }): ExportedFunction => ({
  ...{ kind: 'other', actual, start, end },
})
