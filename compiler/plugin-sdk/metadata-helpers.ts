import type { Metadata } from '../../runtime-lite/metadata/metadata.ts'
import type { MetadataItem } from '../../runtime-lite/registry.ts'

/** One field as metadata has it. */
export interface FieldMetadata {
  readonly type: string
  readonly label?: string
  readonly required?: boolean
  readonly reference?: string
  readonly [attribute: string]: unknown
}

/** An object as metadata has it: `getObject(context.metadata, 'account')`. */
export const getObject = (metadata: Pick<Metadata, 'get'>, name: string): MetadataItem | undefined => metadata.get('object', name)

/** Undefined when there is no such object or field. */
export function getField(metadata: Pick<Metadata, 'get'>, object: string, field: string): FieldMetadata | undefined {
  const fields = getObject(metadata, object)?.['fields']
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, field)) return undefined
  return Reflect.get(fields, field) as FieldMetadata
}

/** All objects, by name. With a tag: those that have it. */
export function listObjects(metadata: Pick<Metadata, 'list'>, tag?: string): readonly MetadataItem[] {
  const objects = metadata.list('object')
  return tag === undefined ? objects : objects.filter(({ tags }) => tags?.includes(tag))
}
