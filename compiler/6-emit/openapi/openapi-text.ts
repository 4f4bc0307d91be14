import type { ResolvedConfig } from '../../config/config.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import type { Json } from '../../source/json.ts'
import type { JsonMap } from './components.ts'
import { sentence } from './description.ts'
import { type DocumentContext, documentContext } from './document-context.ts'
import { jsonText, type Layout, member, objectText } from './json-text.ts'
import { objectPaths } from './object-paths.ts'
import { systemPaths } from './system-paths.ts'

const BY_MEMBER: Layout = { each: 'line' }
const OPERATION: Layout = { each: 'line', keys: { responses: BY_MEMBER } }
const PATH_ITEM: Layout = { each: OPERATION, keys: { parameters: 'line' } }

/** The OpenAPI 3.1 document of an application. Objects are built as data and printed one after the other. */
export function openApiText(app: AppIr, config: ResolvedConfig): string {
  const context = documentContext(app, config)
  const objects = app.objects.filter((object) => object.methods.length > 0)
  const names = new Set(objects.map((object) => object.name))
  const tags = { metadata: unused('Metadata', names), health: unused('Health', names) }
  const ids = new Set<string>()
  const paths: string[] = []
  for (const object of objects) printPaths(objectPaths(object, context), paths, ids)
  printPaths(
    systemPaths(context, tags, (id) => unused(id, ids)),
    paths,
    ids,
  )
  const section = (key: string, value: Json, layout: Layout): string => member(key, jsonText(value, layout, '  '), '  ')
  const members = [
    section('openapi', '3.1.0', 'line'),
    section('info', info(app, config), BY_MEMBER),
    section('servers', [{ url: '/', description: 'The server that serves this document.' }], 'line'),
    section('security', [], 'line'),
    section('tags', [...objects.map(objectTag), ...systemTags(context, tags.metadata, tags.health)], BY_MEMBER),
    member('paths', objectText(paths, '  '), '  '),
    member('components', context.components.print('  '), '  '),
  ]
  return `${objectText(members)}\n`
}

function printPaths(items: JsonMap, paths: string[], ids: Set<string>): void {
  for (const [path, item] of Object.entries(items)) {
    paths.push(member(path, jsonText(item, PATH_ITEM, '    '), '    '))
    for (const operation of Object.values(item as { readonly [method: string]: JsonMap })) {
      const id = operation['operationId']
      if (typeof id === 'string') ids.add(id)
    }
  }
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

function systemTags(context: DocumentContext, metadata: string, health: string): readonly JsonMap[] {
  return [
    ...(context.objectByName.has('metadata') ? [] : [{ name: metadata, description: 'What the application defines.' }]),
    { name: health, description: 'State of the server, for load balancers and orchestrators.' },
  ]
}

function unused(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let suffix = 1; taken.has(free); suffix++) free = `${name}$${suffix}`
  return free
}
