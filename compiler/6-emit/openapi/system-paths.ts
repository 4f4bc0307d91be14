import type { JsonMap } from './components.ts'
import type { DocumentContext } from './document-context.ts'
import { problems } from './responses.ts'

export interface SystemTags {
  readonly metadata: string
  readonly health: string
}

/** Metadata and health. `unique` gives an operation id that no object uses. */
export function systemPaths(context: DocumentContext, tags: SystemTags, unique: (id: string) => string): JsonMap {
  const { basePath } = context.config.api
  // An object of that name takes the path.
  const hasMetadata = !context.objectByName.has('metadata')
  const metadata = (id: string, summary: string, schema: JsonMap, example: JsonMap, names: readonly string[]): JsonMap => ({
    get: {
      operationId: unique(id),
      tags: [tags.metadata],
      summary,
      description: 'What the application defines: objects, and whatever else its authors wrote.',
      ...(names.length > 0 ? { parameters: names.map(pathParameter) } : {}),
      responses: {
        200: { description: 'The definitions.', content: { 'application/json': { schema, example } } },
        ...problems(names.length > 0 ? [404, 406, 429, 500, 503] : [406, 429, 500, 503], context),
      },
    },
  })
  return {
    ...(hasMetadata
      ? {
          [`${basePath}/metadata`]: metadata('listMetadataTypes', 'List the types of metadata', TYPES, { types: ['object'] }, []),
          [`${basePath}/metadata/{type}`]: metadata(
            'listMetadata',
            'List the definitions of one type',
            { type: 'object', properties: { items: { type: 'array', items: itemSchema(context) } }, required: ['items'] },
            { items: [ITEM] },
            ['type'],
          ),
          [`${basePath}/metadata/{type}/{name}`]: metadata('getMetadata', 'Read one definition', itemSchema(context), ITEM, [
            'type',
            'name',
          ]),
        }
      : {}),
    '/livez': health(context, tags.health, unique('getLiveness'), 'Is the process alive', 'ok'),
    '/readyz': health(context, tags.health, unique('getReadiness'), 'Is the server ready for requests', 'ready'),
  }
}

const TYPES = { type: 'object', properties: { types: { type: 'array', items: { type: 'string' } } }, required: ['types'] }

const ITEM = { type: 'object', name: 'sample', label: 'Sample' }

const itemSchema = ({ components, sharedName }: DocumentContext): JsonMap =>
  components.use('schemas', sharedName('MetadataItem'), () => ({
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

function health(context: DocumentContext, tag: string, operationId: string, summary: string, status: string): JsonMap {
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
        ...problems([405], context),
        ...(isReadiness ? { 503: { description: 'Not now.', content: content('draining') } } : {}),
      },
    },
  }
}
