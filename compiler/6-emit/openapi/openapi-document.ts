import type { ResolvedConfig } from '../../config/config.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import type { JsonMap } from './components.ts'
import { sentence } from './description.ts'
import { type DocumentContext, documentContext } from './document-context.ts'
import { objectPaths } from './object-paths.ts'
import { systemPaths } from './system-paths.ts'

/** The OpenAPI 3.1 document of an application, as data in the order it is printed. */
export function openApiDocument(app: AppIr, config: ResolvedConfig): JsonMap {
  const context = documentContext(app, config)
  const objects = app.objects.filter((object) => object.methods.length > 0)
  const names = new Set(objects.map((object) => object.name))
  const tags = { metadata: claim('Metadata', names), health: claim('Health', names) }
  const paths: JsonMap = Object.fromEntries(objects.flatMap((object) => Object.entries(objectPaths(object, context))))
  const ids = new Set(operationIds(paths))
  const system = systemPaths(context, tags, (id) => claim(id, ids))
  return {
    openapi: '3.1.0',
    info: info(app, config),
    servers: [{ url: '/', description: 'The server that serves this document.' }],
    security: [],
    tags: [...objects.map(objectTag), ...systemTags(context, tags.metadata, tags.health)],
    paths: { ...paths, ...system },
    components: context.components.toJson(),
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

function operationIds(paths: JsonMap): readonly string[] {
  return Object.values(paths).flatMap((item) =>
    Object.values(item as JsonMap).flatMap((operation) => {
      const id = (operation as JsonMap)['operationId']
      return typeof id === 'string' ? [id] : []
    }),
  )
}

function claim(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let suffix = 1; taken.has(free); suffix++) free = `${name}$${suffix}`
  return free
}
