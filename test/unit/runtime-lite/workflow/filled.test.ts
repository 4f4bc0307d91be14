import { expect, test } from 'vitest'
import { filled, filledUrl } from '../../../../runtime-lite/workflow/filled.ts'

const scope = {
  now: '2030-01-01T00:00:00.000Z',
  user: { id: 'ada' },
  previous: {},
  variables: { a: { b: 1 }, plain: 'x' },
  isNew: false,
  related: {},
  relatedBefore: {},
}
const record = { name: 'N & Co', nothing: null, list: [1, 2], now: undefined, __proto__: null }

test.each([
  ['{{name}} and {{ name }}', 'N & Co and N & Co'],
  ['{{nothing}}{{missing}}', ''],
  ['{{list}}', '[1,2]'],
  ['{{variables.a.b}} {{plain}} {{a.b}}', '1 x 1'],
  ['{{user.id}} {{$user.id}} {{current_user.id}}', 'ada ada ada'],
  ['{{record.name}} {{today}}', 'N & Co 2030-01-01'],
  ['{{constructor}}{{name.length}}{{record.toString}}{{variables.__proto__.x}}', ''],
  ['{ {name} } {{}} {{{name}}}', '{ {name} } {{}} {N & Co}'],
])('%s', (template, expected) => expect(filled(template, record, scope)).toBe(expected))

test('values cannot leave their place in a URL', () => {
  expect(filledUrl('https://a.example/{{name}}?q={{x}}', { name: '../../evil?', x: '&admin=1#' }, scope)).toBe(
    'https://a.example/..%2F..%2Fevil%3F?q=%26admin%3D1%23',
  )
})
