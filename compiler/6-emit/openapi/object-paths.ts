import type { ObjectIr } from '../../ir/object.ts'
import type { JsonMap } from './components.ts'
import { markdown } from './description.ts'
import type { DocumentContext } from './document-context.ts'
import { createExample, createSchema, recordExample, recordSchema, updateExample, updateSchema } from './object-schemas.ts'
import { FILTER_PARAMETERS, LIST_PARAMETERS, parameters, SHAPE_PARAMETERS } from './parameters.ts'
import { header, problems } from './responses.ts'

/** Paths of one object, limited to the operations its API exposes. Operation ids are the names of the SDK's functions. */
export function objectPaths(object: ObjectIr, context: DocumentContext): JsonMap {
  const { methods } = object
  const base = `${context.config.api.basePath}/${encodeURIComponent(object.name)}`
  const has = (method: ObjectIr['methods'][number]): boolean => methods.includes(method)
  const collection: JsonMap = {
    ...(has('list') ? { get: listOperation(object, context) } : {}),
    ...(has('create') ? { post: createOperation(object, context) } : {}),
  }
  const record: JsonMap = {
    ...(has('get') ? { get: getOperation(object, context) } : {}),
    ...(has('update') ? { patch: updateOperation(object, context, 'update'), put: updateOperation(object, context, 'replace') } : {}),
    ...(has('delete') ? { delete: deleteOperation(object, context) } : {}),
  }
  return {
    ...pathItem(base, collection),
    ...(has('list') ? { [`${base}/count`]: { get: countOperation(object, context) } } : {}),
    ...pathItem(`${base}/{id}`, record, { parameters: parameters(['Id'], context) }),
  }
}

const pathItem = (path: string, operations: JsonMap, shared: JsonMap = {}): JsonMap =>
  Object.keys(operations).length === 0 ? {} : { [path]: { ...shared, ...operations } }

interface Operation {
  readonly id: string
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly JsonMap[]
  readonly requestBody?: JsonMap
  readonly responses: JsonMap
}

const operation = (object: ObjectIr, { id, responses, summary, ...rest }: Operation): JsonMap => ({
  operationId: id,
  tags: [object.name],
  summary: markdown(summary),
  ...rest,
  responses,
})

const json = (schema: JsonMap, examples: JsonMap): JsonMap => ({ 'application/json': { schema, examples } })

const recordExamples = (object: ObjectIr, context: DocumentContext): JsonMap => ({
  record: context.components.use('examples', context.namesOf(object).record, () => ({ value: recordExample(object) })),
})

const items = (object: ObjectIr, context: DocumentContext, more: JsonMap = {}): JsonMap => ({
  type: 'object',
  properties: { items: { type: 'array', items: recordSchema(object, context) }, ...more },
  required: ['items'],
})

function listOperation(object: ObjectIr, context: DocumentContext): JsonMap {
  const schema = items(object, context, {
    next_cursor: { type: 'string', description: 'Continues the list, when there is more.' },
    total: { type: 'integer', minimum: 0, description: 'Records that match, when `$count` was asked for.' },
  })
  return operation(object, {
    id: `list${object.names.pascalPlural}`,
    summary: `List ${object.pluralLabel}`,
    description: 'One page of the records that match.',
    parameters: parameters(LIST_PARAMETERS, context),
    responses: {
      200: {
        description: 'The page.',
        content: json(schema, { list: { value: { items: [recordExample(object)], total: 1 } } }),
      },
      ...problems([400, 406, 429, 500, 503], context),
    },
  })
}

function countOperation(object: ObjectIr, context: DocumentContext): JsonMap {
  const schema = { type: 'object', properties: { count: { type: 'integer', minimum: 0 } }, required: ['count'] }
  return operation(object, {
    id: `count${object.names.pascalPlural}`,
    summary: `Count ${object.pluralLabel}`,
    description: 'How many records match.',
    parameters: parameters(FILTER_PARAMETERS, context),
    responses: {
      200: { description: 'The count.', content: { 'application/json': { schema, example: { count: 1 } } } },
      ...problems([400, 406, 429, 500, 503], context),
    },
  })
}

function getOperation(object: ObjectIr, context: DocumentContext): JsonMap {
  return operation(object, {
    id: `get${object.names.pascal}`,
    summary: `Read one ${object.label}`,
    description: 'The record, unless the client knows its version already.',
    parameters: parameters([...SHAPE_PARAMETERS, 'IfNoneMatch'], context),
    responses: {
      200: recordResponse(object, context),
      304: { description: 'The version named in If-None-Match is still current.', headers: { ETag: header('ETag', context) } },
      ...problems([400, 404, 406, 429, 500, 503], context),
    },
  })
}

/** Reading and changing answer alike. */
const recordResponse = (object: ObjectIr, context: DocumentContext): JsonMap =>
  context.components.use('responses', context.namesOf(object).record, () => ({
    description: 'The record.',
    headers: { ETag: header('ETag', context) },
    content: json(recordSchema(object, context), recordExamples(object, context)),
  }))

function createOperation(object: ObjectIr, context: DocumentContext): JsonMap {
  const one = createSchema(object, context)
  const many = { type: 'array', items: one, maxItems: context.config.api.maxPageSize }
  return operation(object, {
    id: `create${object.names.pascal}`,
    summary: `Create one ${object.label} or several`,
    description: 'A list creates all of its records or none.',
    requestBody: { required: true, content: json({ oneOf: [one, many] }, { record: { value: createExample(object) } }) },
    responses: {
      201: {
        description: 'The new record; for a list, the new records in its order.',
        headers: { ETag: header('ETag', context), Location: header('Location', context) },
        content: json({ anyOf: [recordSchema(object, context), items(object, context)] }, recordExamples(object, context)),
      },
      ...problems([400, 406, 409, 413, 415, 422, 429, 500, 503], context),
    },
  })
}

function updateOperation(object: ObjectIr, context: DocumentContext, verb: 'update' | 'replace'): JsonMap {
  const requestBody = context.components.use('requestBodies', context.namesOf(object).update, () => ({
    required: true,
    content: json(updateSchema(object, context), { change: { value: updateExample(object) } }),
  }))
  return operation(object, {
    id: `${verb}${object.names.pascal}`,
    summary: `Change one ${object.label}`,
    description:
      verb === 'update' ? 'Fields that are absent stay, null clears.' : 'The same as PATCH: fields that are absent stay, null clears.',
    parameters: parameters(['IfMatch'], context),
    requestBody,
    responses: {
      200: recordResponse(object, context),
      ...problems([400, 404, 406, 409, 412, 413, 415, 422, 429, 500, 503], context),
    },
  })
}

function deleteOperation(object: ObjectIr, context: DocumentContext): JsonMap {
  return operation(object, {
    id: `delete${object.names.pascal}`,
    summary: `Delete one ${object.label}`,
    description: 'Records that refer to it are cleared, deleted or keep it from being deleted, as their lookups say.',
    parameters: parameters(['IfMatch'], context),
    responses: { 204: { description: 'The record is gone.' }, ...problems([400, 404, 406, 409, 412, 429, 500, 503], context) },
  })
}
