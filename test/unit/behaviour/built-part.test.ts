import { expect, test } from 'vitest'
import { readHandlers } from '../../../compiler/behaviour/read-handlers.ts'

const CHAIN = `import { PluginBuilder as Builder } from 'objectql/plugin-sdk'
function stamp({ data }) { data.stamped = true }
export default new Builder()
  .name('x')
  .hook('beforeCreate', 'note', ({ data }) => { data.title = 'x' }, { priority: 1 })
  .hook('beforeUpdate', 'note', stamp)
  .hook('afterUpdate', 'note', async ({ api }) => api.update('task', 'id', { done: true }))
  .middleware({ name: 'a', execute: (ctx, next) => next() }, { name: 'b', async execute(ctx, next) { return next() } })
  .middleware({ name: 'c', execute: (ctx, next) => next() })
  .action('note', 'close', { handler: ({ id }) => id })
  .build()
`

/** What is known about a function: whether it is called without waiting, and the fields it names. */
function factsOf(text: string, path: string): readonly [boolean | undefined, readonly string[] | undefined] {
  const facts = readHandlers('x.plugin.js', text, [path]).get(path)
  return [facts?.isSynchronous, facts?.fields?.map(({ name }) => name)]
}

test('functions that a chain of the builder was given are read like those of an object', () => {
  expect(factsOf(CHAIN, 'default.hooks[0].handler')).toEqual([true, ['title']])
  expect(factsOf(CHAIN, 'default.hooks[1].handler')).toEqual([true, ['stamped']])
  expect(factsOf(CHAIN, 'default.hooks[2].handler')).toEqual([false, []])
  expect(readHandlers('x.plugin.js', CHAIN, ['default.hooks[2].handler']).get('default.hooks[2].handler')?.writes).toEqual(['task'])
  expect(factsOf(CHAIN, 'default.actions[0].handler')).toEqual([true, []])
  const around = ['default.middleware[0].execute', 'default.middleware[1].execute', 'default.middleware[2].execute']
  const facts = readHandlers('x.plugin.js', CHAIN, around)
  expect(around.map((path) => facts.get(path)?.passesOn)).toEqual([true, undefined, true])
})

test('a chain under a name of its own is one, too', () => {
  const named = CHAIN.replace('export default', 'const plugin =').concat('export default plugin\nexport { plugin }\n')
  expect(factsOf(named, 'default.hooks[0].handler')).toEqual([true, ['title']])
  expect(factsOf(named, 'plugin.hooks[0].handler')).toEqual([true, ['title']])
})

test('what cannot be told is unknown: another builder, a spread, a function in a variable that changes', () => {
  const unknown = [false, undefined]
  expect(factsOf(CHAIN.replace('objectql/plugin-sdk', './mine.js'), 'default.hooks[0].handler')).toEqual(unknown)
  expect(factsOf(CHAIN.replace(".name('x')", '.hook(...more)'), 'default.hooks[1].handler')).toEqual(unknown)
  expect(factsOf(CHAIN.replace('.build()', '.build().other'), 'default.hooks[0].handler')).toEqual(unknown)
  expect(factsOf(CHAIN.replace('stamp)', 'imported)'), 'default.hooks[1].handler')).toEqual(unknown)
  expect(factsOf(CHAIN, 'default.hooks[7].handler')).toEqual(unknown)
})
