import { expect, test } from 'vitest'
import { link } from '../../../compiler/3-link/link.ts'
import { parseFiles, parseObjectText } from '../../support/parse-files.ts'

const TEXT = `
fields:
  status: { type: text }
queries:
  open:
    description: What is left to do
    params: { owner: { type: lookup, reference_to: user }, since: { type: date } }
    filters: { status: open, owner: $owner }
    sort: -status
    top: 5
  mine: { where: [[owner, =, $me]] }
`

test('named queries are read under the canonical keys of a query document, in every spelling', async () => {
  const { object, problems } = await parseObjectText(TEXT)
  expect(problems).toEqual([])
  expect(
    object.queries.map(({ name, description, params, document }) => ({
      name: name.value,
      description,
      params: params.map((param) => [param.name.value, param.type?.value]),
      document,
    })),
  ).toEqual([
    {
      name: 'open',
      description: 'What is left to do',
      params: [
        ['owner', 'lookup'],
        ['since', 'date'],
      ],
      document: { where: { status: 'open', owner: '$owner' }, orderBy: '-status', limit: 5 },
    },
    { name: 'mine', description: undefined, params: [], document: { where: [['owner', '=', '$me']] } },
  ])
})

test('places inside a query are found by canonical pointers whatever the spelling', async () => {
  const { syntax, marked } = await parseFiles({ 'task.object.yml': TEXT })
  const [open, mine] = syntax.objects[0]!.queries
  expect(marked(open!.spanOf('/where/owner'))).toBe('task.object.yml: $owner')
  expect(marked(open!.spanOf('/limit'))).toBe('task.object.yml: 5')
  expect(marked(mine!.spanOf('/where/0/2'))).toBe('task.object.yml: $me')
})

test.each([
  ['queries: 5', 'parse/wrong-shape: 5'],
  ['queries: { a: 5 }', 'parse/wrong-shape: 5'],
  ['queries: [{ where: { a: 1 } }]', 'parse/missing-key: { where: { a: 1 } }'],
  ['queries: { a: { wehre: { b: 1 } } }', 'parse/unknown-key: wehre'],
])('%s is reported', async (text, problem) => {
  const { problems } = await parseObjectText(`fields: { a: { type: text } }\n${text}\n`)
  expect(problems).toEqual([problem])
})

test('an extension adds queries and replaces those of the same name', async () => {
  const { syntax } = await parseFiles({
    'task.object.yml': TEXT,
    'task.extension.object.yml': 'extend: task\nqueries:\n  mine: { where: { status: done } }\n  new: { limit: 1 }\n',
  })
  const [task] = link(syntax).model.objects
  expect(task!.queries.map(({ name, document }) => [name.value, document])).toEqual([
    ['open', { where: { status: 'open', owner: '$owner' }, orderBy: '-status', limit: 5 }],
    ['mine', { where: { status: 'done' } }],
    ['new', { limit: 1 }],
  ])
})
