import type { Document } from '../1-load/document.ts'
import type { Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { Span } from '../source/span.ts'
import type { ParseContext, Part } from './context.ts'
import { exportsOf } from './exports.ts'
import type { KeyTable } from './key-table.ts'
import { parseMeta } from './parse-meta.ts'
import { parseRules } from './parse-rule.ts'
import { parseSeed } from './parse-seed.ts'
import { type Entries, readEntries, reportShape } from './read-attributes.ts'
import { textOf } from './read-node.ts'
import type { MetaSyntax, RuleSetSyntax } from './syntax.ts'
import { PERMISSION_KEYS, VALIDATION_FILE_KEYS, WORKFLOW_KEYS } from './tables/other-keys.ts'

/** The value a file is about: its root, or each value its module exports. */
function rootsOf(document: Document, context: ParseContext): readonly Node[] {
  if (document.format !== 'module') return [document.root]
  return exportsOf(document)
    .map(({ node }) => node)
    .filter((node) => (node.kind === 'map' || node.kind === 'list') && context.claim(node))
}

export function parseSeedFile(document: Document, context: ParseContext): Part {
  const inferred = { value: document.stem, span: Span.file(document.path) }
  return { seeds: rootsOf(document, context).flatMap((root) => parseSeed(root, inferred, context.report) ?? []) }
}

export function parseValidationFile(document: Document, context: ParseContext): Part {
  return { rules: rootsOf(document, context).flatMap((root) => parseRuleSet(root, document, context) ?? []) }
}

/** `{ object?, rules: [...] }`, or the rules alone. */
export function parseRuleSet(
  root: Node,
  { path, stem }: Pick<Document, 'path' | 'stem'>,
  { report }: ParseContext,
): RuleSetSyntax | undefined {
  const inferred = { value: stem, span: Span.file(path) }
  if (root.kind === 'list') return { object: inferred, rules: parseRules(root, 'rules', report), span: root.span }
  if (root.kind !== 'map') {
    reportShape(root, 'A validation file', 'a map with "rules"', report)
    return undefined
  }
  const entries = readEntries(root, { keys: VALIDATION_FILE_KEYS, what: 'a validation file', report })
  const rules = entries.get('rules')
  if (rules === undefined) report(diagnose('parse/missing-key', root.span, { what: 'validation file', key: 'rules' }))
  return {
    object: locatedText(entries, 'object') ?? inferred,
    rules: rules === undefined ? [] : parseRules(rules.value, rules.key, report),
    span: root.span,
  }
}

const locatedText = (entries: Entries, name: string): { readonly value: string; readonly span: Span } | undefined => {
  const node = entries.get(name)?.value
  const text = textOf(node)
  return node === undefined || text === undefined ? undefined : { value: text, span: node.span }
}

interface MetaKind {
  readonly type: string
  readonly what: string
  readonly table?: KeyTable
  readonly belongsToObject: boolean
}

const PERMISSION: MetaKind = { type: 'permission', what: 'a permission', table: PERMISSION_KEYS, belongsToObject: true }
const WORKFLOW: MetaKind = { type: 'workflow', what: 'a workflow', table: WORKFLOW_KEYS, belongsToObject: false }
const APP: MetaKind = { type: 'app', what: 'an app', belongsToObject: false }

export const parsePermissionFile = (document: Document, context: ParseContext): Part => ({
  permissions: parseMetaFile(document, PERMISSION, context),
})

export const parseWorkflowFile = (document: Document, context: ParseContext): Part => ({
  workflows: parseMetaFile(document, WORKFLOW, context),
})

export const parseAppFile = (document: Document, context: ParseContext): Part => ({ apps: parseMetaFile(document, APP, context) })

function parseMetaFile(document: Document, { type, what, table, belongsToObject }: MetaKind, context: ParseContext): readonly MetaSyntax[] {
  return rootsOf(document, context).flatMap((root) => {
    const nodes = root.kind === 'list' ? root.items : [root]
    return nodes.flatMap((node) => {
      if (node.kind !== 'map') {
        reportShape(node, capitalize(what), 'a map', context.report)
        return []
      }
      const packageName = context.packageOf(node)
      // A permission set names its objects itself.
      const isSet = node.entries.some(({ key }) => key === 'objects')
      const origin = {
        type,
        name: document.stem,
        ...(belongsToObject && !isSet ? { object: document.stem } : {}),
        ...(packageName === undefined ? {} : { package: packageName }),
        ...(table === undefined ? {} : { keys: { table, what } }),
      }
      return [parseMeta(node, origin, context.report)]
    })
  })
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
