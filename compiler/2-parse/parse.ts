import type { Document, ModuleDocument } from '../1-load/document.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { createParseContext, findHomes, type Homes, joinParts, type ParseContext, type Part } from './context.ts'
import { parseActionFile } from './parse-action-file.ts'
import { parseAppFile, parsePermissionFile, parseSeedFile, parseValidationFile, parseWorkflowFile } from './parse-document-file.ts'
import { parseHookFile } from './parse-hook-file.ts'
import { parseObjectFile } from './parse-object-file.ts'
import { parseStackFile } from './parse-stack.ts'
import { parseTranslationFile } from './parse-translation.ts'
import { parseValidatorFile } from './parse-validator-file.ts'
import { packageByOrigin } from './stack-members.ts'
import type { Syntax } from './syntax.ts'

export interface Parsed {
  readonly syntax: Syntax
  readonly diagnostics: readonly Diagnostic[]
}

/** What data documents were parsed as. */
export type ParseMemory = WeakMap<Document, { readonly part: Part; readonly diagnostics: readonly Diagnostic[] }>

/**
 * Documents of every dialect in one canonical form. Everything wrong with a document is reported at once. With a memory, a data
 * document that was parsed before is not parsed again.
 */
export function parse(documents: readonly Document[], memory?: ParseMemory): Parsed {
  const diagnostics: Diagnostic[] = []
  const stacks = documents.filter(isStack)
  const homes = stacks.length === 0 ? new Map() : findHomes(documents.filter(isModule))
  const context = createParseContext((diagnostic) => diagnostics.push(diagnostic), packageByOrigin(stacks, homes), homes)
  // Files first: what a stack or plugin lists usually has a file of its own, and that is the better place to point at.
  const ordered = [...documents.filter((document) => !isStack(document)), ...stacks]
  // What a stack or a plugin lists may be a copy of what a document holds: then no document stands alone.
  const usable = stacks.length === 0 ? memory : undefined
  const syntax = joinParts(
    ordered.map((document) => {
      const known = usable?.get(document)
      if (known === undefined) return parseAndRemember(document)
      diagnostics.push(...known.diagnostics)
      return known.part
    }),
  )
  return { syntax, diagnostics }

  function parseAndRemember(document: Document): Part {
    const before = diagnostics.length
    const part = parseDocument(document, context, homes)
    if (!isModule(document)) usable?.set(document, { part, diagnostics: diagnostics.slice(before) })
    return part
  }
}

const isModule = (document: Document): document is ModuleDocument => document.format === 'module'

const isStack = (document: Document): document is ModuleDocument =>
  document.format === 'module' && (document.kind === 'stack' || document.kind === 'plugin')

function parseDocument(document: Document, context: ParseContext, homes: Homes): Part {
  const { kind } = document
  switch (kind) {
    case 'object':
      return parseObjectFile(document, context)
    case 'validation':
      return parseValidationFile(document, context)
    case 'permission':
      return parsePermissionFile(document, context)
    case 'workflow':
      return parseWorkflowFile(document, context)
    case 'data':
      return parseSeedFile(document, context)
    case 'app':
      return parseAppFile(document, context)
    case 'translation': {
      const translation = parseTranslationFile(document.root, document.path, document.stem, context.report)
      return translation === undefined ? {} : { translations: [translation] }
    }
    case 'hook':
      return document.format === 'module' ? parseHookFile(document, context) : {}
    case 'action':
      return document.format === 'module' ? parseActionFile(document, context) : {}
    case 'validator':
      return document.format === 'module' ? parseValidatorFile(document, context) : {}
    case 'plugin':
    case 'stack':
      return document.format === 'module' ? parseStackFile(document, context, homes) : {}
    case 'import':
      return {}
    default:
      return kind satisfies never
  }
}
