import type { Components, JsonMap, Reference } from './components.ts'
import { problems } from './responses.ts'

export interface SystemTags {
  readonly metadata: string
  readonly health: string
}

/** Metadata and health. `unique` gives an operation id that no object uses; `metadataPath` is undefined where an object has taken it. */
export function systemPaths(use: Components, metadataPath: string | undefined, tags: SystemTags, unique: (id: string) => string): JsonMap {
  const metadata = (id: string, summary: string, schema: JsonMap, example: JsonMap, names: readonly string[]): JsonMap => ({
    get: {
      operationId: unique(id),
      tags: [tags.metadata],
      summary,
      description: 'What the application defines: objects, and whatever else its authors wrote.',
      ...(names.length > 0 ? { parameters: names.map(pathParameter) } : {}),
      responses: {
        200: { description: 'The definitions.', content: { 'application/json': { schema, example } } },
        ...problems(names.length > 0 ? [404, 406, 429, 500, 503] : [406, 429, 500, 503], use),
      },
    },
  })
  return {
    ...(metadataPath !== undefined
      ? {
          [metadataPath]: metadata('listMetadataTypes', 'List the types of metadata', TYPES, { types: ['object'] }, []),
          [`${metadataPath}/{type}`]: metadata(
            'listMetadata',
            'List the definitions of one type',
            { type: 'object', properties: { items: { type: 'array', items: itemSchema(use) } }, required: ['items'] },
            { items: [ITEM] },
            ['type'],
          ),
          [`${metadataPath}/{type}/{name}`]: metadata('getMetadata', 'Read one definition', itemSchema(use), ITEM, ['type', 'name']),
        }
      : {}),
    '/livez': health(use, tags.health, unique('getLiveness'), 'Is the process alive', 'ok'),
    '/readyz': health(use, tags.health, unique('getReadiness'), 'Is the server ready for requests', 'ready'),
  }
}

const TYPES = { type: 'object', properties: { types: { type: 'array', items: { type: 'string' } } }, required: ['types'] }

const ITEM = { type: 'object', name: 'sample', label: 'Sample' }

const itemSchema = (use: Components): Reference =>
  use.shared('schemas', use.sharedName('MetadataItem'), () => ({
    type: 'object',
    description: 'One definition, with every attribute its author gave it.',
    properties: {
      type: { type: 'string' },
      name: { type: 'string' },
      label: { type: 'string' },
      package: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['type', 'name'],
    additionalProperties: true,
  }))

const pathParameter = (name: string): JsonMap => ({
  name,
  in: 'path',
  required: true,
  description: name === 'type' ? 'Type of metadata, like `object`.' : 'Name of the definition.',
  schema: { type: 'string', minLength: 1 },
  example: name === 'type' ? 'object' : 'sample',
})

function health(use: Components, tag: string, operationId: string, summary: string, status: string): JsonMap {
  const content = (example: string): JsonMap => ({
    'application/json': {
      schema: { type: 'object', properties: { status: { type: 'string' } }, required: ['status'] },
      example: { status: example },
    },
  })
  const isReadiness = status === 'ready'
  return {
    get: {
      operationId,
      tags: [tag],
      summary,
      description: isReadiness ? 'False while the server starts, stops or has lost its database.' : 'Answers as long as the process runs.',
      responses: {
        200: { description: 'Yes.', content: content(status) },
        ...problems([405], use),
        ...(isReadiness ? { 503: { description: 'Not now.', content: content('draining') } } : {}),
      },
    },
  }
}
