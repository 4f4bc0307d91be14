import type { ResolvedConfig } from '../../config/config.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import { noMemory, type PrintMemory } from '../print-memory.ts'
import { createPiece, type JsonMap, type Piece, printComponents } from './components.ts'
import { sentence } from './description.ts'
import { documentContext } from './document-context.ts'
import { linesText, listText, longObjectText, member } from './json-text.ts'
import { type ObjectPiece, objectPiece } from './object-piece.ts'
import { systemPaths } from './system-paths.ts'
import { eventPaths, workflowPaths } from './workflow-paths.ts'

/** The OpenAPI 3.1 document of an application: one piece per object, and what they share. */
export function openApiText(app: AppIr, config: ResolvedConfig, memory: PrintMemory = noMemory): string {
  const context = documentContext(app, config, memory)
  const pieceByName = new Map(
    app.objects.map((object) => [object.name, memory.forObject('openapi', object, () => objectPiece(object, context))]),
  )
  const objects = app.objects.filter((object) => object.methods.length > 0)
  const pieces = [...pieceByName.values()]
  const names = new Set(objects.map((object) => object.name))
  const tags = { metadata: unused('Metadata', names), health: unused('Health', names) }
  const ids = new Set(pieces.flatMap((piece) => piece.operationIds))
  // An object of that name takes the path.
  const metadataPath = names.has('metadata') ? undefined : `${config.api.basePath}/metadata`
  const system = createPiece(context.sharedName)
  const systemMembers = Object.entries(systemPaths(system, metadataPath, tags, (id) => unused(id, ids)))
  // An object of that name takes this path, too.
  const hasWorkflows = app.workflows !== undefined && !names.has('workflows')
  const workflowTag = unused('Workflows', names)
  const place = { use: system, basePath: config.api.basePath, tag: workflowTag, unique: (id: string) => unused(id, ids) }
  const workflowMembers = Object.entries({ ...eventPaths(objects, place), ...(hasWorkflows ? workflowPaths(app, place) : {}) })
  const systemTags = [
    ...(hasWorkflows ? [{ name: workflowTag, description: 'Approvals, and what ran and runs.' }] : []),
    ...(metadataPath === undefined ? [] : [{ name: tags.metadata, description: 'What the application defines.' }]),
    { name: tags.health, description: 'State of the server, for load balancers and orchestrators.' },
  ]
  const paths = [
    ...pieces.flatMap((piece) => piece.paths),
    ...[...workflowMembers, ...systemMembers].map(([path, item]) => member(path, linesText(item as JsonMap, '    '), '    ')),
  ]
  const components = printComponents([...pieces.map((piece) => piece.api), ...recordsInUse(pieceByName), system], context.sharedName, '  ')
  const members = [
    member('openapi', '"3.1.0"', '  '),
    member('info', linesText(info(app, config), '  '), '  '),
    member('servers', '[{"url":"/","description":"The server that serves this document."}]', '  '),
    member('security', '[]', '  '),
    member('tags', listText([...objects.map(objectTag), ...systemTags], '  '), '  '),
    member('paths', longObjectText(paths, '  '), '  '),
    member('components', components, '  '),
  ]
  return `${longObjectText(members)}\n`
}

/** Records that some path answers with, and those they can be expanded into. */
function recordsInUse(pieceByName: ReadonlyMap<string, ObjectPiece>): readonly Piece[] {
  const used = new Map<string, Piece>()
  const waiting = [...pieceByName.values()].flatMap((piece) => [...piece.api.records])
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const record = pieceByName.get(name)?.record
    if (record === undefined || used.has(name)) continue
    used.set(name, record)
    waiting.push(...record.records)
  }
  return [...used.values()]
}

function info(app: AppIr, config: ResolvedConfig): JsonMap {
  const title = app.label ?? config.name
  return {
    title: `${title} API`,
    version: config.version,
    description: `REST API of ${sentence(title)} Errors are problem documents (RFC 9457).`,
    contact: { name: title },
    license: { name: 'All rights reserved', identifier: 'LicenseRef-All-Rights-Reserved' },
  }
}

const objectTag = ({ name, pluralLabel, description }: ObjectIr): JsonMap => ({
  name,
  description: sentence(description ?? pluralLabel) || name,
})

function unused(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let suffix = 1; taken.has(free); suffix++) free = `${name}$${suffix}`
  return free
}
