import { lowerCondition } from './lower.ts'
import { fieldsOf, mapFields } from './map-fields.ts'
import type { Typed } from './typed.ts'

/** A filter over other records as queries have it. Fields of the written record go by `$record.name`, those of whoever asks by `$user.name`. */
export const lowerFilter = (filter: Typed): ReturnType<typeof lowerCondition> =>
  lowerCondition(
    mapFields(filter, (field) =>
      field.root === 'record' ? field : { ...field, root: 'record', path: [`${PLACES[field.root]}.${field.path.join('.')}`] },
    ),
  )

const PLACES = { previous: '$record', current_user: '$user' } as const

/** Fields of the written record that a filter names. */
export const namedOfRecord = (filter: Typed | undefined): readonly string[] =>
  filter ? fieldsOf(filter).flatMap(({ root, path: [name] }) => (root === 'previous' && name !== undefined ? [name] : [])) : []
