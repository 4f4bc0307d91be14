import { Field, ObjectSchema } from '@objectstack/spec/data'

export const Bed = ObjectSchema.create({
  name: 'bed',
  label: 'Bed',
  pluralLabel: 'Beds',
  fields: {
    name: Field.text({ label: 'Name', required: true, maxLength: 60 }),
    light: Field.select([{ label: 'Full sun', value: 'sun', default: true }, { label: 'Shade', value: 'shade' }], { label: 'Light' }),
    area: Field.number({ label: 'Area', precision: 1, min: 0 }),
  },
})
