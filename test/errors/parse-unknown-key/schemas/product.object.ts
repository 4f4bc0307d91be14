import { Field, ObjectSchema } from '@objectstack/spec'

export const Product = ObjectSchema.create({
  name: 'product',
  fields: {
    name: Field.text({ maxLenght: 80 }),
  },
})
