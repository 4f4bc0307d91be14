import { describe, expect, test } from 'vitest'
import { readHandlers } from '../../../compiler/behaviour/read-handlers.ts'

const factsOf = (text: string, path = 'default.execute') => readHandlers('x.ts', text, [path]).get(path)

const isProven = (execute: string): boolean => factsOf(`export default { ${execute} }`)?.callsNextOnce === true

describe('a middleware is proven not to call next a second time', () => {
  test.each([
    'execute(ctx, next) { return next() }',
    'async execute(ctx, next) { return next() }',
    'execute: (ctx, next) => next()',
    'execute: async (ctx, next) => (ctx.id ? await next() : next())',
    'async execute(ctx, next) { const got = await next(); return got }',
    'async execute(ctx, next) { try { return await next() } catch { return undefined } finally { ctx.state.done = true } }',
    'async execute(ctx, next) { if (ctx.id) return await next(); return next() }',
    'async execute(ctx, next) { for (const one of ctx.data.many) if (one) throw new Error(); return next() }',
    'execute(ctx, next) { switch (ctx.method) { case "get": return next(); default: return next() } }',
    'execute(ctx) { return {} }',
    'execute() { return {} }',
  ])('%s', (execute) => expect(isProven(execute)).toBe(true))
})

describe('nothing is proven', () => {
  test.each([
    'async execute(ctx, next) { await next(); return next() }',
    'async execute(ctx, next) { const got = ctx.id && (await next()); return got ?? next() }',
    'async execute(ctx, next) { try { return await next() } catch { return next() } }',
    'async execute(ctx, next) { try { return await next() } finally { return next() } }',
    'async execute(ctx, next) { for (const one of [1, 2]) await next() }',
    'async execute(ctx, next) { do await next(); while (ctx.state.more) }',
    'async execute(ctx, next) { let n = 0; while (n++ < 2) await next() }',
    'async execute(ctx, next) { for (let i = 0; i < 2; await next()) i++ }',
    'execute(ctx, next) { const goOn = () => next(); return goOn() }',
    'execute(ctx, next) { class Twice { got = next() } new Twice(); return new Twice().got }',
    'execute(ctx, next) { return { get got() { return next() } } }',
    'execute(ctx, next) { const other = next; other(); return other() }',
    'execute(ctx, next) { return [1, 2].map(next) }',
    'execute(ctx, next) { return [next, next] }',
    'execute(ctx, next) { return { next } }',
    'execute(ctx, next) { return next.call(undefined) }',
    'execute(ctx, next) { return this.twice(next) }',
    'execute(ctx, next) { eval("next()"); return next() }',
    'execute(ctx) { arguments[1](); return arguments[1]() }',
    'execute(ctx, next) { arguments[1](); return next() }',
    'execute(...given) { given[1](); return given[1]() }',
    'execute(ctx, ...others) { others[0](); return others[0]() }',
    'execute(ctx, { call }) { call(); return call() }',
    '*execute(ctx, next) { yield next() }',
    'async *execute(ctx, next) { yield next() }',
    'execute: imported',
    'execute: wrap({ execute(ctx, next) { return next() } }).execute',
  ])('%s', (execute) => expect(isProven(execute)).toBe(false))

  const plugin = (call: string): string => `export default ${call}({ middleware: [{ async execute(ctx, next) { return next() } }] })`
  const path = 'default.middleware[0].execute'

  test('of what a function is given that may put another in its place', () => {
    const facts = factsOf(plugin('twice'), path)
    expect(facts).toMatchObject({ line: 1 })
    expect(facts).not.toHaveProperty('callsNextOnce')
    expect(facts).not.toHaveProperty('isAsync')
    expect(factsOf('export default twice({ execute: (ctx, next) => next() })')).not.toHaveProperty('passesOn')
  })

  test('other than of what builders are given', () => {
    for (const source of [
      `import { definePlugin } from 'objectql/spec'\n${plugin('definePlugin')}`,
      `import { definePlugin as made } from '@objectstack/spec'\n${plugin('made')}`,
    ])
      expect(factsOf(source, path)).toMatchObject({ callsNextOnce: true, isAsync: true })
    expect(factsOf(`import { definePlugin } from 'objectql-tools'\n${plugin('definePlugin')}`, path)).not.toHaveProperty('callsNextOnce')
  })
})

test('what gives a promise for certain is declared so', () => {
  expect(factsOf('export default { async execute(ctx, next) { return next() } }')).toMatchObject({ isAsync: true })
  for (const other of ['execute(ctx, next) { return next() }', 'execute: () => Promise.resolve()', 'async *execute(ctx, next) {}'])
    expect(factsOf(`export default { ${other} }`)).not.toHaveProperty('isAsync')
})
