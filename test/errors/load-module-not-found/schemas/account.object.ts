import { ObjectSchema } from '@objectstack/spec'
import { name } from './fields/name'
import { nothing } from 'no-such-package'

export const Account = ObjectSchema.create({ name: 'account', fields: { name, nothing } })
