import { type Expression, type Program, parseSync } from 'oxc-parser'
import { Span } from '../source/span.ts'
import type { LocateSetting } from './check-config.ts'

/**
 * Places of settings in the text of a configuration file. Follows `export default`, `defineConfig(…)`, `as`, `satisfies`
 * and constants of the same file; what it cannot follow (spreads, imports) points at the nearest object that holds it.
 */
export function locateSetting(path: string, text: string): LocateSetting {
  const isJson = path.endsWith('.json')
  // JSON is an expression of JavaScript; the parenthesis in front moves every offset by one.
  const shift = isJson ? 1 : 0
  const { program } = parseSync(isJson ? 'config.ts' : path, isJson ? `(${text}\n)` : text)
  const spanOf = (node: Range): Span => Span.create(path, node.start - shift, node.end - shift)
  return (keys, part) => {
    let holder = isJson ? jsonRoot(program) : configExpression(program)
    let span = holder === undefined ? Span.file(path) : spanOf(holder)
    for (const [index, key] of keys.entries()) {
      const property = holder === undefined ? undefined : propertyOf(holder, key)
      if (property === undefined) return span
      const isLast = index === keys.length - 1
      span = isLast && part === 'key' ? spanOf(keyText(property.key)) : spanOf(property.value)
      holder = unwrap(property.value, program)
    }
    return span
  }
}

/** What is between the quotation marks of a key, so that another name can take its place. */
const keyText = ({ type, start, end }: Expression): Range => (type === 'Literal' ? { start: start + 1, end: end - 1 } : { start, end })

interface Range {
  readonly start: number
  readonly end: number
}

function jsonRoot(program: Program): Expression | undefined {
  const [statement] = program.body
  return statement?.type === 'ExpressionStatement' ? unwrap(statement.expression, program) : undefined
}

function configExpression(program: Program): Expression | undefined {
  for (const statement of program.body) {
    if (statement.type === 'ExportDefaultDeclaration') return unwrap(statement.declaration as Expression, program)
  }
  return undefined
}

/** The object literal behind calls, assertions, parentheses and names of constants. */
function unwrap(expression: Expression, program: Program, depth = 0): Expression | undefined {
  if (depth > 20) return undefined
  switch (expression.type) {
    case 'ObjectExpression':
      return expression
    case 'ParenthesizedExpression':
    case 'TSSatisfiesExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
      return unwrap(expression.expression, program, depth + 1)
    case 'CallExpression': {
      const [first] = expression.arguments
      return first === undefined || first.type === 'SpreadElement' ? undefined : unwrap(first, program, depth + 1)
    }
    case 'Identifier': {
      const value = constantNamed(expression.name, program)
      return value === undefined ? undefined : unwrap(value, program, depth + 1)
    }
    default:
      return undefined
  }
}

function constantNamed(name: string, program: Program): Expression | undefined {
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id, init } of declaration.declarations) {
      if (id.type === 'Identifier' && id.name === name && init !== null) return init
    }
  }
  return undefined
}

function propertyOf(holder: Expression, key: string): { readonly key: Expression; readonly value: Expression } | undefined {
  if (holder.type !== 'ObjectExpression') return undefined
  // The last one counts, as it does at run time.
  for (const property of holder.properties.toReversed()) {
    if (property.type !== 'Property' || property.computed) continue
    const name =
      property.key.type === 'Identifier' ? property.key.name : property.key.type === 'Literal' ? String(property.key.value) : undefined
    if (name === key) return { key: property.key as Expression, value: property.value as Expression }
  }
  return undefined
}
