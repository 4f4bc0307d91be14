import { type CallExpression, Node, type SourceFile, SyntaxKind } from 'ts-morph'
import { parsedModule } from './parsed-module.ts'
import { typeInWords } from './type-in-words.ts'
import type { ModuleFiles } from './unresolved-import.ts'

/** Where a module declares an event, and what is sent along. */
export interface DeclaredEvent {
  /** Of the name. */
  readonly start: number
  readonly end: number
  /** The type written out; the same words mean the same type. Undefined where nothing is said about it. */
  readonly payload?: string
}

/**
 * The declaration of an event in a module: `.event('awards.given', event<Award>())`, or `'awards.given': event<Award>()` in a map. Undefined where it is made in another
 * way.
 */
export function declaredEvent(module: string, event: string, files: ModuleFiles): DeclaredEvent | undefined {
  const text = files.textOf(module)
  if (text === undefined) return undefined
  const source = parsedModule(module, text)
  const found = inBuilder(source, event) ?? inMap(source, event)
  if (!found) return undefined
  const [type] = found.made?.getTypeArguments() ?? []
  const payload = type && typeInWords(type, module, files)
  return {
    start: found.name.getStart(),
    end: found.name.getEnd(),
    ...(payload === undefined || payload === 'unknown' ? {} : { payload }),
  }
}

interface Found {
  readonly name: Node
  /** `event<Award>()` */
  readonly made: CallExpression | undefined
}

function inBuilder(source: SourceFile, event: string): Found | undefined {
  for (const call of source.getDescendantsOfKind(SyntaxKind.CallExpression)) {
    const [name, made] = call.getArguments()
    const called = call.getExpression()
    if (!Node.isPropertyAccessExpression(called) || called.getName() !== 'event' || !isText(name) || name.getLiteralText() !== event)
      continue
    return { name, made: Node.isCallExpression(made) ? made : undefined }
  }
  return undefined
}

/** A member of that name made by a call of `event`, under whatever name it was imported. */
function inMap(source: SourceFile, event: string): Found | undefined {
  const names = new Set(
    source
      .getImportDeclarations()
      .filter((one) => one.getModuleSpecifierValue() === 'objectql/plugin-sdk')
      .flatMap((one) => one.getNamedImports())
      .filter((one) => one.getName() === 'event')
      .map((one) => one.getAliasNode()?.getText() ?? one.getName()),
  )
  for (const member of source.getDescendantsOfKind(SyntaxKind.PropertyAssignment)) {
    const [name, made] = [member.getNameNode(), member.getInitializer()]
    if ((isText(name) ? name.getLiteralText() : name.getText()) !== event) continue
    if (Node.isCallExpression(made) && names.has(made.getExpression().getText())) return { name, made }
  }
  return undefined
}

const isText = (node: Node | undefined) => Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)
