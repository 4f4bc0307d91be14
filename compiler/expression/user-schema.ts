import type { ModelSchema } from './model-schema.ts'
import type { ExpressionField, ExpressionSchema } from './schema.ts'

/** What requests say about their user, besides the fields of the object of users. */
const USER_FIELDS: Readonly<Record<string, ExpressionField>> = {
  id: { type: 'text' },
  name: { type: 'text' },
  email: { type: 'text' },
  role: { type: 'text' },
  roles: { type: 'list' },
}

/** The fields expressions may name, with those of whoever asks. */
export function userSchema(schema: ModelSchema): ModelSchema {
  const { userObject } = schema
  const field: ExpressionSchema['field'] = (object, name) =>
    schema.field(object, name) ?? (object === userObject && Object.hasOwn(USER_FIELDS, name) ? USER_FIELDS[name] : undefined)
  return { ...schema, field }
}
