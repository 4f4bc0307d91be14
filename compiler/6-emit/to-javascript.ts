import { type Directive, type Program, parseSync, type Statement } from 'oxc-parser'
import type { OutputFile } from './target.ts'

/**
 * `emit.module: 'js'`: a TypeScript module becomes JavaScript and, where a program would import its types, declarations. Types are
 * cut out of the text, so that everything else stays as it was printed: a list that had no room beside a type stays broken.
 */
export function toJavaScript(file: OutputFile): readonly OutputFile[] {
  if (!file.path.endsWith('.ts') || file.path.endsWith('.d.ts')) return [file]
  const stem = file.path.slice(0, -3)
  const { program, errors } = parseSync(file.path, file.text)
  if (errors.length > 0) throw new Error(`Generated code of "${file.path}" does not parse: ${errors[0]?.message ?? ''}`)
  const depth = file.path.split('/').length - 1
  const edits = editsOf(program.body, file.text).filter(({ start, end }) => !leavesOutput(file.text.slice(start, end), depth))
  const script: OutputFile = {
    path: `${stem}.js`,
    text: edited(file.text, edits),
    ...(file.trace ? { trace: file.trace.map((entry) => ({ ...entry, line: lineAfter(edits, entry.line, file.text) })) } : {}),
  }
  return stem.startsWith('plans/') ? [script] : [script, { path: `${stem}.d.ts`, text: declarations(program, file.text) }]
}

/** The application's own modules are imported as they are: Node strips their types. */
function leavesOutput(literal: string, depth: number): boolean {
  const [up = ''] = /^'(?:\.\.\/)+/.exec(literal) ?? []
  return up !== '' && (up.length - 1) / 3 > depth
}

/** Relative imports of `.ts` modules point at the `.js` beside the declarations. */
const jsPath = (specifier: string): string => (specifier.startsWith('.') ? specifier.replace(/\.ts$/, '.js') : specifier)

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Everything that differs between the module and its script, in order. */
function editsOf(root: unknown, text: string): readonly Edit[] {
  const edits: Edit[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    if (!isNode(value)) return
    const own = editsFor(value, text)
    if (own !== undefined) edits.push(...own)
    else for (const child of Object.values(value)) visit(child)
  }
  visit(root)
  return edits.sort((left, right) => left.start - right.start)
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [property: string]: unknown
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** What happens to this node; undefined when its children decide. */
function editsFor(node: Node, text: string): readonly Edit[] | undefined {
  const { type, start, end } = node
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return [lineOf(node, text)]
  if (type === 'ImportDeclaration' || type === 'ImportExpression') return isNode(node['source']) ? [withJsPath(node['source'])] : undefined
  if (type === 'ParenthesizedExpression' && isAssertion(node['expression'])) {
    // The parentheses were there for the assertion.
    const { expression } = node['expression']
    return [cut(start, expression.start), ...editsOf(expression, text), cut(expression.end, end)]
  }
  if (isAssertion(node)) return [...editsOf(node.expression, text), cut(node.expression.end, end)]
  if (type === 'TSTypeAnnotation' || type === 'TSTypeParameterInstantiation') return [cut(start, end)]
  if (type === 'TSTypeAliasDeclaration') {
    const doc = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n$/.exec(text.slice(0, start))
    return [lineOf({ ...node, start: doc ? doc.index : start }, text)]
  }
  if (type === 'Identifier' && node['optional'] === true) return [cut(start + String(node['name']).length, end)]
  if (type.startsWith('TS')) throw new Error(`Generated code has a ${type}, which cannot be turned into JavaScript.`)
  return undefined
}

const cut = (start: number, end: number): Edit => ({ start, end, text: '' })

const withJsPath = ({ start, end, value }: Node): Edit => ({ start, end, text: `'${jsPath(String(value))}'` })

const isAssertion = (value: unknown): value is Node & { readonly expression: Node } => isNode(value) && value.type === 'TSAsExpression'

/** The line of a statement, and the blank line below it where there is one above it too. */
function lineOf({ start, end }: Node, text: string): Edit {
  const next = text.indexOf('\n', end) + 1
  return cut(start, text.startsWith('\n', next) && text.slice(0, start).endsWith('\n\n') ? next + 1 : next)
}

function edited(text: string, edits: readonly Edit[]): string {
  let kept = ''
  let from = 0
  for (const { start, end, text: replacement } of edits) {
    kept += text.slice(from, start) + replacement
    from = end
  }
  return kept + text.slice(from)
}

/** Where a line of the module is in the script. */
function lineAfter(edits: readonly Edit[], line: number, text: string): number {
  const start = text.split('\n', line - 1).join('\n').length
  const above = edits.filter(({ end }) => end <= start + 1)
  return line - above.reduce((sum, { start, end }) => sum + text.slice(start, end).split('\n').length - 1, 0)
}

/** The exports of a module with their doc comments, and the types they need. All of them say what type they are. */
function declarations({ body }: Program, text: string): string {
  const exported = body.flatMap((statement, index) => {
    const declared = declarationOf(statement, text)
    return declared === undefined ? [] : [`${docBefore(statement, body[index - 1], text)}${declared}`]
  })
  const isUsed = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(exported.join('\n'))
  const imports = body.flatMap((statement) => {
    if (statement.type !== 'ImportDeclaration' || statement.importKind !== 'type') return []
    const names = statement.specifiers.map(({ local }) => local.name).filter(isUsed)
    return names.length === 0 ? [] : [`import type { ${names.join(', ')} } from '${jsPath(statement.source.value)}'`]
  })
  const header = text.slice(0, text.indexOf('\n'))
  const blocks = [[header, ...imports].join('\n'), ...(exported.length === 0 ? ['export {}'] : exported)]
  return `${blocks.join('\n\n')}\n`
}

function declarationOf(statement: Statement | Directive, text: string): string | undefined {
  if (statement.type === 'ExportAllDeclaration') return `export type * from '${jsPath(statement.source.value)}'`
  if (statement.type !== 'ExportNamedDeclaration') return undefined
  const { declaration } = statement
  if (declaration?.type === 'VariableDeclaration') {
    const names = declaration.declarations.map(({ id }) => text.slice(id.start, id.end))
    return `export declare const ${names.join(', ')}`
  }
  if (declaration?.type !== 'FunctionDeclaration') throw new Error('Generated code exports something that is no constant and no function.')
  const { id, returnType } = declaration
  return `export declare function ${text.slice(id?.start, returnType?.end)}`
}

/** The doc comment above a statement. */
function docBefore(statement: Statement | Directive, previous: Statement | Directive | undefined, text: string): string {
  const between = text.slice(previous?.end ?? 0, statement.start)
  const start = between.lastIndexOf('/**')
  return start < 0 ? '' : between.slice(start)
}
