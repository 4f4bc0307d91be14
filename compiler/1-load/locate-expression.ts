import { type Expression, type Program, parseSync } from 'oxc-parser'
import type { Span } from '../source/span.ts'
import { builtPlugin } from './built-plugin.ts'
import { createLazySpan } from './lazy-span.ts'

interface Range {
  readonly start: number
  readonly end: number
}

/** What is known about a value's source: the expression that made it, else the nearest thing around it. */
interface Found {
  readonly expression: Expression | undefined
  readonly range: Range
  readonly keyRange: Range
}

interface Parsed {
  readonly program: Program
  readonly constantByName: ReadonlyMap<string, Expression>
}

/** A module's text, parsed when the first place in it is looked up. */
interface Source {
  readonly path: string
  readonly text: string
  parsed: Parsed | undefined
}

/**
 * Where a value that a module made is written. Nothing is parsed before an offset is looked at, and a module has thousands of
 * places: hence a class, whose instances share their methods.
 */
export class Place {
  readonly #source: Source
  readonly #parent: Place | undefined
  readonly #key: string | number
  #found: Found | undefined

  constructor(source: Source, parent?: Place, key: string | number = '') {
    this.#source = source
    this.#parent = parent
    this.#key = key
  }

  get span(): Span {
    return createLazySpan(this.#source.path, () => this.#find().range)
  }

  get keySpan(): Span {
    return createLazySpan(this.#source.path, () => this.#find().keyRange)
  }

  /** The place of a property or item. What cannot be followed (imports, calls that compute) is placed where the parent is. */
  at(key: string | number): Place {
    return new Place(this.#source, this, key)
  }

  #find(): Found {
    this.#found ??= this.#locate()
    return this.#found
  }

  #locate(): Found {
    const parent = this.#parent
    if (parent === undefined) return WHOLE_FILE
    this.#source.parsed ??= parseModule(this.#source)
    if (parent.#parent === undefined) return findExport(this.#source.parsed, String(this.#key)) ?? WHOLE_FILE
    return step(parent.#find(), this.#key, this.#source.parsed)
  }
}

const WHOLE_FILE: Found = { expression: undefined, range: { start: 0, end: 0 }, keyRange: { start: 0, end: 0 } }

/** The places of a module's exports. */
export function locateExports(path: string, text: string): Place {
  return new Place({ path, text, parsed: undefined })
}

function parseModule({ path, text }: Source): Parsed {
  const { program } = parseSync(path, text.replace(/^\uFEFF/, ' '), { preserveParens: false })
  const constantByName = new Map<string, Expression>()
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration === null) continue
    if (declaration.type === 'FunctionDeclaration' && declaration.id !== null) {
      constantByName.set(declaration.id.name, declaration as unknown as Expression)
    }
    if (declaration.type !== 'VariableDeclaration') continue
    for (const { id, init } of declaration.declarations) if (id.type === 'Identifier' && init !== null) constantByName.set(id.name, init)
  }
  return { program, constantByName }
}

/** Undefined for what the module only passes on. */
function findExport(parsed: Parsed, name: string): Found | undefined {
  const found = findDeclaredExport(parsed, name)
  const isImported = found?.expression?.type === 'Identifier' && !parsed.constantByName.has(found.expression.name)
  return isImported ? undefined : found
}

function findDeclaredExport({ program, constantByName }: Parsed, name: string): Found | undefined {
  for (const statement of program.body) {
    if (name === 'default' && statement.type === 'ExportDefaultDeclaration') {
      return foundAt(statement.declaration as Expression, statement)
    }
    if (statement.type !== 'ExportNamedDeclaration') continue
    const { declaration } = statement
    if (declaration?.type === 'VariableDeclaration') {
      for (const { id, init } of declaration.declarations) {
        if (id.type === 'Identifier' && id.name === name) return foundAt(init ?? undefined, id)
      }
    }
    if (declaration?.type === 'FunctionDeclaration' && declaration.id?.name === name) {
      return foundAt(declaration as unknown as Expression, declaration.id)
    }
    for (const { local, exported } of statement.specifiers) {
      if (nameOf(exported) !== name) continue
      const declared = statement.source === null ? constantByName.get(nameOf(local) ?? '') : undefined
      return declared === undefined ? undefined : foundAt(declared, exported)
    }
  }
  return undefined
}

const nameOf = (node: { readonly type: string }): string | undefined => {
  const named = node as { readonly type: string; readonly name?: string; readonly value?: unknown }
  return named.type === 'Identifier' ? named.name : named.type === 'Literal' ? String(named.value) : undefined
}

function foundAt(expression: Expression | undefined, key: Range): Found {
  return { expression, range: expression === undefined ? key : rangeOf(expression), keyRange: rangeOf(key) }
}

/** Quotes are left out, so that replacing the text keeps them. */
function rangeOf(node: Range): Range {
  const { type, value } = node as Range & { readonly type?: string; readonly value?: unknown }
  const isQuoted = (type === 'Literal' && typeof value === 'string') || type === 'TemplateLiteral'
  return isQuoted ? { start: node.start + 1, end: node.end - 1 } : { start: node.start, end: node.end }
}

function step(from: Found, key: string | number, parsed: Parsed): Found {
  const found = from.expression === undefined ? undefined : follow(from.expression, key, parsed, 0)
  return found ?? { ...from, expression: undefined }
}

/** Chains of constants and spreads longer than this are circles. */
const LONGEST_CHAIN = 40

function follow(expression: Expression, key: string | number, parsed: Parsed, depth: number): Found | undefined {
  if (depth > LONGEST_CHAIN) return undefined
  const next = (inner: Expression): Found | undefined => follow(inner, key, parsed, depth + 1)
  switch (expression.type) {
    case 'ObjectExpression':
      for (const property of expression.properties.toReversed()) {
        if (property.type === 'SpreadElement') {
          const found = next(property.argument)
          if (found !== undefined) return found
        } else if (!property.computed && nameOf(property.key) === String(key)) {
          return foundAt(property.value, property.key)
        }
      }
      return undefined
    case 'ArrayExpression': {
      const position = Number(key)
      const before = expression.elements.slice(0, position + 1)
      const element = before[position]
      if (element === null || element === undefined || before.some((item) => item?.type === 'SpreadElement')) return undefined
      return foundAt(element as Expression, element)
    }
    case 'CallExpression':
    case 'NewExpression': {
      const fixed = builderArgument(expression, String(key))
      if (fixed !== undefined) return fixed
      const built = expression.type === 'CallExpression' ? builtPlugin(expression) : undefined
      if (built !== undefined) return next(built)
      for (const argument of expression.arguments) {
        const found = argument.type === 'SpreadElement' ? undefined : next(argument)
        if (found !== undefined) return found
      }
      return undefined
    }
    case 'Identifier': {
      const constant = parsed.constantByName.get(expression.name)
      return constant === undefined ? undefined : next(constant)
    }
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'ParenthesizedExpression':
      return next(expression.expression)
    case 'AwaitExpression':
      return next(expression.argument)
    case 'ConditionalExpression':
      return next(expression.consequent) ?? next(expression.alternate)
    case 'LogicalExpression':
      return next(expression.left) ?? next(expression.right)
    default:
      return undefined
  }
}

/** `Field.lookup('account', { … })`: the type is the name of the builder, the reference its first argument. */
function builderArgument(call: Extract<Expression, { type: 'CallExpression' | 'NewExpression' }>, key: string): Found | undefined {
  if (call.callee.type !== 'MemberExpression' || call.callee.object.type !== 'Identifier' || call.callee.object.name !== 'Field')
    return undefined
  const { property } = call.callee
  if (key === 'type') return foundAt(property as Expression, property)
  const first = call.arguments[0]
  const isFirst = POSITIONAL_KEY[nameOf(property) ?? '']?.includes(key) === true
  return isFirst && first !== undefined && first.type !== 'ObjectExpression' && first.type !== 'SpreadElement'
    ? foundAt(first, first)
    : undefined
}

const POSITIONAL_KEY: { readonly [builder: string]: readonly string[] } = {
  select: ['options'],
  radio: ['options'],
  multiselect: ['options'],
  checkboxes: ['options'],
  lookup: ['reference'],
  masterDetail: ['reference'],
  tree: ['reference'],
  code: ['language'],
  rating: ['max', 'maxRating'],
  vector: ['dimensions'],
}
