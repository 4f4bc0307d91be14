import type { JsonMap } from './components.ts'
import type { DocumentContext } from './document-context.ts'

type Reference = { readonly $ref: string }

/** Schemas of the structured values, shared by all objects. */
export const geoPointSchema = ({ components, sharedName }: DocumentContext): Reference =>
  components.use('schemas', sharedName('GeoPoint'), () => ({
    type: 'object',
    description: 'A place on earth.',
    properties: {
      latitude: { type: 'number', minimum: -90, maximum: 90, description: 'Degrees.' },
      longitude: { type: 'number', minimum: -180, maximum: 180, description: 'Degrees.' },
      altitude: { type: 'number', description: 'Metres.' },
      accuracy: { type: 'number', minimum: 0, description: 'Metres.' },
    },
    required: ['latitude', 'longitude'],
    additionalProperties: false,
  }))

export const addressSchema = ({ components, sharedName }: DocumentContext): Reference =>
  components.use('schemas', sharedName('Address'), () => ({
    type: 'object',
    description: 'A postal address.',
    properties: {
      street: { type: 'string' },
      city: { type: 'string' },
      state: { type: 'string' },
      postalCode: { type: 'string' },
      country: { type: 'string' },
      countryCode: { type: 'string', description: 'ISO 3166-1 alpha-2, like `DE`.' },
      formatted: { type: 'string', description: 'The whole address as it is written on a letter.' },
    },
    additionalProperties: false,
  }))

const FILE: JsonMap = {
  id: { type: 'string', description: 'Names the file where files are kept elsewhere.' },
  url: { type: 'string', description: 'Where the file can be fetched. A file has a `url`, an `id` or both.' },
  name: { type: 'string' },
  type: { type: 'string', description: 'Media type, like `application/pdf`.' },
  size: { type: 'number', minimum: 0, description: 'Bytes.' },
  original_name: { type: 'string' },
  uploaded_at: { type: 'string', description: 'ISO 8601.' },
  uploaded_by: { type: 'string' },
}

const PICTURE: JsonMap = {
  ...FILE,
  width: { type: 'number', description: 'Pixels.' },
  height: { type: 'number', description: 'Pixels.' },
  thumbnail_url: { type: 'string' },
  variants: { type: 'object', properties: { small: { type: 'string' }, medium: { type: 'string' }, large: { type: 'string' } } },
}

export function attachmentSchema({ components, sharedName }: DocumentContext, isImage: boolean): Reference {
  const name = isImage ? 'ImageAttachment' : 'Attachment'
  const description = isImage ? 'A stored picture.' : 'A stored file.'
  return components.use('schemas', sharedName(name), () => ({ type: 'object', description, properties: isImage ? PICTURE : FILE }))
}

export const jsonObjectSchema = (context: DocumentContext): Reference =>
  context.components.use('schemas', context.sharedName('JsonObject'), () => ({
    type: 'object',
    description: 'A free-form object.',
    additionalProperties: jsonValueSchema(context),
  }))

export const jsonValueSchema = (context: DocumentContext): Reference =>
  context.components.use(
    'schemas',
    context.sharedName('JsonValue'),
    (): JsonMap => ({
      description: 'Any JSON value.',
      anyOf: [
        { type: ['string', 'number', 'boolean', 'null'] },
        { type: 'array', items: { $ref: `#/components/schemas/${context.sharedName('JsonValue')}` } },
        jsonObjectSchema(context),
      ],
    }),
  )
