import { Node, type SourceFile, type TypeElementTypes, type TypeNode } from 'ts-morph'
import { parsedModule } from './parsed-module.ts'
import type { ModuleFiles } from './unresolved-import.ts'

interface Reading {
  readonly module: string
  readonly source: SourceFile
  readonly files: ModuleFiles
  /** Types that are being written out: one that refers to itself stays a name there. */
  readonly open: readonly string[]
}

/**
 * A type as text in which only its meaning is left: names of the project's own types are replaced by what they are, members are sorted, and what makes no difference to
 * a reader of the value (`readonly`, brackets, comments) is gone. Types of packages keep their name. Nothing is checked.
 */
export function typeInWords(type: TypeNode, module: string, files: ModuleFiles): string {
  return written(type, { module, source: type.getSourceFile(), files, open: [] })
}

function written(type: TypeNode, reading: Reading): string {
  const all = (types: readonly TypeNode[]): readonly string[] => types.map((one) => written(one, reading))
  if (Node.isParenthesizedTypeNode(type)) return written(type.getTypeNode(), reading)
  if (Node.isUnionTypeNode(type)) return sorted(all(type.getTypeNodes())).join(' | ')
  if (Node.isIntersectionTypeNode(type)) return intersection(all(type.getTypeNodes()))
  if (Node.isArrayTypeNode(type)) return `Array<${written(type.getElementTypeNode(), reading)}>`
  if (Node.isTupleTypeNode(type)) return `[${all(type.getElements()).join(', ')}]`
  if (Node.isTypeLiteral(type)) return members(type.getMembers(), reading)
  // `readonly string[]`
  if (Node.isTypeOperatorTypeNode(type) && type.getText().startsWith('readonly ')) return written(type.getTypeNode(), reading)
  if (Node.isTypeReference(type)) return named(type.getTypeName().getText(), all(type.getTypeArguments()), reading)
  return withoutSpace(type.getText())
}

/** Same for `ReadonlyArray`: who listens gets a list. */
const SAME: Readonly<Record<string, string>> = { ReadonlyArray: 'Array', ReadonlyMap: 'Map', ReadonlySet: 'Set' }

function named(name: string, args: readonly string[], reading: Reading): string {
  if (name === 'Readonly' && args[0] !== undefined) return args[0]
  const said = (SAME[name] ?? name) + (args.length > 0 ? `<${args.join(', ')}>` : '')
  const found = declared(name, reading)
  if (found === undefined) return said
  if ('specifier' in found) return `${found.specifier}#${said}`
  const key = `${found.in.module}#${name}`
  // What has parameters of its own is told by name: nothing is put in their place here.
  if (reading.open.includes(key) || args.length > 0) return `${key}${args.length > 0 ? `<${args.join(', ')}>` : ''}`
  const inner: Reading = { ...found.in, open: [...reading.open, key] }
  const { node } = found
  if (Node.isTypeAliasDeclaration(node)) return written(node.getTypeNodeOrThrow(), inner)
  const bases = node.getExtends().map((base) => {
    const arguments_ = base.getTypeArguments().map((one) => written(one, inner))
    return named(base.getExpression().getText(), arguments_, inner)
  })
  return intersection([...bases, members(node.getMembers(), inner)])
}

type Found =
  | { readonly node: TypeDeclaration; readonly in: Reading }
  /** Of a package. */
  | { readonly specifier: string }

type TypeDeclaration = ReturnType<SourceFile['getInterfaces']>[number] | ReturnType<SourceFile['getTypeAliases']>[number]

/** What a name stands for in a module. Undefined for what every module knows. */
function declared(name: string, reading: Reading): Found | undefined {
  const { source, module, files } = reading
  const node = source.getInterface(name) ?? source.getTypeAlias(name)
  if (node) return { node, in: reading }
  for (const declaration of source.getImportDeclarations())
    for (const one of declaration.getNamedImports()) {
      if ((one.getAliasNode()?.getText() ?? one.getName()) !== name) continue
      const specifier = declaration.getModuleSpecifierValue()
      if (!specifier.startsWith('.')) return { specifier }
      const path = files.resolve(specifier, module) ?? files.resolve(specifier.replace(/\.js$/, '.d.ts'), module)
      const text = path === undefined ? undefined : files.textOf(path)
      if (path === undefined || text === undefined) return { specifier: `${module}/${specifier}` }
      return declared(one.getName(), { ...reading, module: path, source: parsedModule(path, text) })
    }
  return undefined
}

function members(all: readonly TypeElementTypes[], reading: Reading): string {
  const said = all.map((member) => {
    if (!Node.isPropertySignature(member)) return withoutSpace(member.getText())
    const type = member.getTypeNode()
    const name = member.getNameNode()
    const key = Node.isStringLiteral(name) ? name.getLiteralText() : name.getText()
    return `${key}${member.hasQuestionToken() ? '?' : ''}: ${type ? written(type, reading) : 'any'}`
  })
  return `{ ${sorted(said).join('; ')} }`
}

/** Members of several are members of one. */
function intersection(parts: readonly string[]): string {
  const isMap = (part: string): boolean => part.startsWith('{ ') && part.endsWith(' }')
  const maps = parts.filter(isMap).flatMap((part) => topLevel(part.slice(2, -2)))
  const rest = parts.filter((part) => !isMap(part))
  return sorted([...rest, ...(maps.length > 0 || rest.length === 0 ? [`{ ${sorted(maps).join('; ')} }`] : [])]).join(' & ')
}

/** Members, without those of inner maps. */
function topLevel(text: string): readonly string[] {
  let depth = 0
  let from = 0
  const found: string[] = []
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (letter === '{' || letter === '<' || letter === '[' || letter === '(') depth++
    else if (letter === '}' || letter === '>' || letter === ']' || letter === ')') depth--
    else if (letter === ';' && depth === 0) {
      found.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  const last = text.slice(from).trim()
  return last === '' ? found : [...found, last]
}

const sorted = (parts: readonly string[]): readonly string[] => [...new Set(parts)].sort()

const withoutSpace = (text: string): string => text.replaceAll(/\s+/g, ' ')
