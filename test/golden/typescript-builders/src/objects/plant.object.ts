import { Field, ObjectSchema } from '@objectstack/spec/data'

enum Season {
  Spring = 'spring',
  Autumn = 'autumn',
}

const named = (label: string) => Field.text({ label, required: true, searchable: true })

export const Plant = ObjectSchema.create({
  name: 'plant',
  label: 'Plant',
  fields: {
    name: named('Name'),
    bed: Field.masterDetail('bed', { label: 'Bed', required: true }),
    sown_in: Field.select({ label: 'Sown in', options: Object.values(Season).map((value) => ({ label: value, value })) }),
    rating: Field.rating(10, { label: 'Rating' }),
    recipe: Field.code('markdown', { label: 'Recipe' }),
    shape: Field.vector(4, { label: 'Shape' }),
    neighbours: Field.lookup('plant', { label: 'Neighbours', multiple: true }),
  },
  indexes: [{ fields: ['bed', 'name'], unique: true }],
})
