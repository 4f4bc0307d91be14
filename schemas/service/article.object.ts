import { Field, ObjectSchema } from 'objectql/spec'

const LANGUAGES = [
  { label: 'English', value: 'en' },
  { label: 'German', value: 'de' },
]

/** What we know, written down once. */
export const Article = ObjectSchema.create({
  name: 'article',
  label: 'Article',
  pluralLabel: 'Articles',
  description: 'An answer that has been given three times and is now written down.',
  icon: 'book-open',
  titleFormat: '{title}',
  fields: {
    title: Field.text({ label: 'Title', required: true, maxLength: 160 }),
    slug: Field.text({ label: 'Slug', required: true, unique: true, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 80 }),
    language: Field.select(LANGUAGES, { label: 'Language', defaultValue: 'en', required: true }),
    status: Field.select({
      label: 'Status',
      options: [
        { label: 'Draft', value: 'draft', default: true },
        { label: 'In review', value: 'in_review' },
        { label: 'Published', value: 'published' },
      ],
    }),
    body: Field.markdown({ label: 'Body', required: true }),
    author: Field.lookup('user', { label: 'Author', defaultValue: 'current_user' }),
    about: Field.lookup('product', { label: 'About', multiple: true }),
    related: Field.lookup('article', { label: 'Related', multiple: true }),
    header_image: Field.image({ label: 'Header image' }),
    walkthrough: { type: 'video', label: 'Walkthrough' },
    helpfulness: Field.percent({ label: 'Found helpful', min: 0, max: 100, precision: 1 }),
    stars: Field.rating(5, { label: 'Stars', allowHalf: true }),
    keywords: { type: 'tags', label: 'Keywords' },
    embedding: Field.vector(3, { label: 'Embedding' }),
    published_at: Field.datetime({ label: 'Published' }),
    reading_minutes: Field.formula({ label: 'Minutes to read', expression: 'CEILING(LEN(body) / 1200)', returnType: 'number' }),
  },
  indexes: [{ fields: ['language', 'status'] }],
})
