import { Field, ObjectSchema } from '@objectstack/spec'
import { limits } from './limits'

export const Account = ObjectSchema.create({
  name: 'account',
  fields: { name: Field.text({ maxLength: limits.name }) },
})
