import type { Components, JsonMap, Reference } from './components.ts'

/** Schemas of the structured values, shared by all objects. */
export const geoPointSchema = (use: Components): Reference =>
  use.shared('schemas', use.sharedName('GeoPoint'), () => ({
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

export const addressSchema = (use: Components): Reference =>
  use.shared('schemas', use.sharedName('Address'), () => ({
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

export const attachmentSchema = (use: Components, isImage: boolean): Reference =>
  isImage
    ? use.shared('schemas', use.sharedName('ImageAttachment'), () => ({
        type: 'object',
        description: 'A stored picture.',
        properties: PICTURE,
      }))
    : use.shared('schemas', use.sharedName('Attachment'), () => ({ type: 'object', description: 'A stored file.', properties: FILE }))

export const jsonObjectSchema = (use: Components): Reference =>
  use.shared('schemas', use.sharedName('JsonObject'), (all) => ({
    type: 'object',
    description: 'A free-form object.',
    additionalProperties: jsonValueSchema(all),
  }))

export const jsonValueSchema = (use: Components): Reference => use.shared('schemas', use.sharedName('JsonValue'), jsonValue)

function jsonValue(all: Components): JsonMap {
  const scalar: JsonMap = { type: ['string', 'number', 'boolean', 'null'] }
  const list: JsonMap = { type: 'array', items: jsonValueSchema(all) }
  return { description: 'Any JSON value.', anyOf: [scalar, list, jsonObjectSchema(all)] }
}
