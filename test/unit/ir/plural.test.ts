import { expect, test } from 'vitest'
import { pluralOf } from '../../../compiler/ir/plural.ts'

test.each([
  ['account', 'accounts'],
  ['category', 'categories'],
  ['key', 'keys'],
  ['soliloquy', 'soliloquies'],
  ['status', 'statuses'],
  ['address', 'addresses'],
  ['box', 'boxes'],
  ['match', 'matches'],
  ['case', 'cases'],
  ['analysis', 'analyses'],
  ['thesis', 'theses'],
  ['Person', 'People'],
  ['PERSON', 'PEOPLE'],
  ['Sales Person', 'Sales People'],
  ['salesperson', 'salespeople'],
  ['human', 'humans'],
  ['child', 'children'],
  ['criterion', 'criteria'],
  ['Leaf', 'Leaves'],
  ['wolf', 'wolfs'],
  ['SLA', 'SLAs'],
  ['quiz', 'quizzes'],
])('%s → %s', (singular, plural) => expect(pluralOf(singular)).toBe(plural))

test.each(['accounts', 'Users', 'news', 'series', 'People', 'children', '客户', 'Category 1', '', 'metadata'])('"%s" stays', (word) =>
  expect(pluralOf(word)).toBe(word),
)

test('a plural is its own plural, so singular and plural can be told to be one name', () => {
  for (const word of ['account', 'category', 'status', 'address', 'box', 'person', 'analysis', 'leaf', 'hero', 'quiz', 'child', 'index']) {
    expect(pluralOf(pluralOf(word))).toBe(pluralOf(word))
  }
})
