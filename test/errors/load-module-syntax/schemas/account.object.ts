import { ObjectSchema } from '@objectstack/spec'

// 客户
export const Account = ObjectSchema.create({
  name: 'account',
  fields: { name: { type 'text' } },
})
