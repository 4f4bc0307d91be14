import { Field, ObjectSchema } from '@objectstack/spec'

export const Product = ObjectSchema.create({
  name: 'product',
  fields: {
    name: Field.text({ required: 'yes' as never }),
    kind: Field.select({ options: { a: 'A' } as never }),
  },
})
