import type { Document, ModuleDocument } from '../1-load/document.ts'
import type { MapNode, Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { Span } from '../source/span.ts'
import type { ParseContext, Part } from './context.ts'
import { exportsOf, membersOf } from './exports.ts'
import { parseObject } from './parse-object.ts'
import { reportShape } from './read-attributes.ts'
import type { ObjectSyntax } from './syntax.ts'
import { OBJECT_KEYS } from './tables/object-keys.ts'

/** `*.object.*`: one object, several under their names (bundle), or what a module exports. */
export function parseObjectFile(document: Document, context: ParseContext): Part {
  const objects = document.format === 'module' ? parseObjectModule(document, context) : parseObjectData(document.root, document, context)
  return { objects }
}

type FileOfObjects = Pick<Document, 'path' | 'stem'>

function parseObjectData(root: Node, file: FileOfObjects, context: ParseContext): readonly ObjectSyntax[] {
  if (root.kind === 'list') return root.items.flatMap((item) => parseObjectData(item, file, context))
  if (root.kind !== 'map') {
    reportShape(root, 'An object file', 'a map', context.report)
    return []
  }
  const bundled = root.entries.filter(({ value }) => hasFields(value))
  if (!hasFields(root) && bundled.length > 0) return parseBundle(root, file, context)
  if (hasFields(root) || root.entries.some(({ key }) => IDENTIFYING_KEYS.has(OBJECT_KEYS.find(key)?.name ?? ''))) {
    return [objectIn(root, { value: file.stem, span: Span.file(file.path) }, file, context)]
  }
  context.report(diagnose('parse/no-object', root.span, {}))
  return []
}

/** Without any of these, a map without fields is not an object. */
const IDENTIFYING_KEYS: ReadonlySet<string> = new Set([
  'name',
  'extend',
  'label',
  'indexes',
  'actions',
  'validations',
  'validation',
  'description',
])

function parseBundle(root: MapNode, file: FileOfObjects, context: ParseContext): readonly ObjectSyntax[] {
  return root.entries.flatMap(({ key, keySpan, value }) => {
    if (value.kind === 'map' && hasFields(value)) return [objectIn(value, { value: key, span: keySpan }, file, context)]
    context.report(diagnose('parse/missing-key', keySpan, { what: `object "${key}"`, key: 'fields' }))
    return []
  })
}

function parseObjectModule(document: ModuleDocument, context: ParseContext): readonly ObjectSyntax[] {
  const found: ObjectSyntax[] = []
  let hasCandidates = false
  for (const exported of exportsOf(document)) {
    const candidates = exported.node.kind === 'list' ? membersOf(exported) : [exported]
    for (const { name, keySpan, node } of candidates) {
      if (node.kind !== 'map' || !hasFields(node)) continue
      hasCandidates = true
      if (!context.claim(node)) continue
      const inferred =
        name === 'default' || /^\d+$/.test(name) ? { value: document.stem, span: Span.file(document.path) } : { value: name, span: keySpan }
      found.push(objectIn(node, inferred, document, context))
    }
  }
  if (!hasCandidates) context.report(diagnose('parse/no-object', Span.file(document.path), {}))
  return found
}

function objectIn(
  node: MapNode,
  name: { readonly value: string; readonly span: Span },
  file: FileOfObjects,
  context: ParseContext,
): ObjectSyntax {
  const packageName = context.packageOf(node)
  const object = parseObject(
    node,
    { name, stem: file.stem, ...(packageName === undefined ? {} : { package: packageName }) },
    context.report,
  )
  const nodes = context.objectNodes.get(object.name.value)
  if (nodes === undefined) context.objectNodes.set(object.name.value, [node])
  else nodes.push(node)
  return object
}

/** `fields`, in any case. */
function hasFields(node: Node): boolean {
  return node.kind === 'map' && node.entries.some(({ key }) => key.toLowerCase() === 'fields')
}
