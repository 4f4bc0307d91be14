import { describe, expect, test } from 'vitest'
import { readHandlers } from '../../../compiler/behaviour/read-handlers.ts'
import { transpiled } from '../../support/transpiled.ts'

const isProven = (text: string, path = 'afterUpdate'): boolean => readHandlers('a.hook.ts', text, [path]).get(path)?.cannotFail === true

/** Modules whose `afterUpdate` throws nothing, whatever is written. */
const PROVEN: Readonly<Record<string, string>> = {
  'counts by a value that was tested': `
const changes = new Map<string, number>()
export function afterUpdate(context) {
  const { status } = context.data
  if (typeof status === 'string') changes.set(status, (changes.get(status) ?? 0) + 1)
}`,
  'counts in a variable': `
let count = 0
let last = ''
export const afterUpdate = ({ data, id }) => {
  count++
  count += Number(typeof data.name === 'string' ? data.name.length : 1)
  if (typeof data.name !== 'string') return
  last = data.name.trim().toUpperCase()
}`,
  'keeps values of any kind': `
const seen = new Set()
const byId = new Map()
let last
export const afterUpdate = (ctx: Context) => {
  seen.add(ctx.data.name)
  byId.set(ctx.id, ctx.new['name'])
  last = ctx.input.amount
  if (seen.size > 1000) { seen.clear(); byId.delete(ctx.id) } else if (byId.has(ctx.id)) seen.delete(byId.get(ctx.id))
}`,
  'computes with what was tested': `
let total = 0
export function afterUpdate({ data: { amount, rate: factor } }) {
  total += typeof amount === 'number' && typeof factor === 'number' ? Math.round(amount * factor) / 100 : 0
  const text = \`\${total} in all\` + (typeof amount === 'boolean' ? amount : 'none')
  if (text.length > 10 || !(total >= 1 === true)) total = -total
}`,
  'takes the time': `
const times = new Map()
export function afterUpdate(ctx) { times.set(ctx.id, Date.now() - performance.now()) }`,
  'does nothing': 'export function afterUpdate() {}',
  'imports types only': `
import type { AccountUpdateContext } from '../generated/hooks.js'
let count = 0
export const afterUpdate = (ctx: AccountUpdateContext): void => { if (ctx.data.stage === 'won') count = count + 1 }`,
  'is read by others': `
const counts = new Map<string, number>()
export function afterUpdate(ctx) { if (typeof ctx.id === 'string') counts.set(ctx.id, (counts.get(ctx.id) ?? 0) + 1) }
export const countOf = (id) => counts.get(id)
export const all = () => { const out = [...counts]; for (const [, one] of counts) out.push(one); return [...out, ...counts.values(), counts.size] }`,
}

/** Modules whose `afterUpdate` may throw, wait, look at other things or run code that is not here. */
const NOT_PROVEN: Readonly<Record<string, string>> = {
  throws: `export function afterUpdate(ctx) { if (ctx.data.name === 'x') throw new Error('no') }`,
  'computes with anything': 'let n = 0; export function afterUpdate(ctx) { n += ctx.data.amount }',
  'computes with big integers': 'let n = 0; export function afterUpdate() { n = 1n + n }',
  'prints anything': `let s = ''; export function afterUpdate(ctx) { s = \`\${ctx.data.name}\` }`,
  'compares anything': 'let n = 0; export function afterUpdate(ctx) { if (ctx.data.a < 3) n++ }',
  'compares loosely': `let n = 0; export function afterUpdate(ctx) { if (ctx.data.a == 'x') n++ }`,
  'takes the member of a value': 'let n; export function afterUpdate(ctx) { n = ctx.data.a.b }',
  'takes the optional member of a value': 'let n; export function afterUpdate(ctx) { n = ctx.data.a?.b }',
  'takes a value apart': 'export function afterUpdate(ctx) { const { a: { b } } = ctx.data }',
  'has defaults that are called': 'export function afterUpdate({ data = make() }) {}',
  'calls what it does not know': 'export function afterUpdate(ctx) { console.log(ctx.id) }',
  'calls a function of the module': 'const f = () => {}; export function afterUpdate() { f() }',
  'makes objects of classes': 'export function afterUpdate() { const a = new Date(NaN) }',
  'looks at the record before': 'let n; export function afterUpdate(ctx) { n = ctx.previous }',
  'looks at the result': 'let n; export function afterUpdate(ctx) { n = ctx.result }',
  'changes the result': 'export function afterUpdate(ctx) { ctx.result = 1n }',
  'changes the data': 'export function afterUpdate(ctx) { ctx.data.a = 1 }',
  'uses the state, which others may have frozen': 'export function afterUpdate(ctx) { ctx.state.a = 1 }',
  'asks who asks': 'let n; export function afterUpdate(ctx) { n = ctx.user }',
  'has the data of others': 'export function afterUpdate(ctx) { ctx.api }',
  waits: 'export async function afterUpdate() {}',
  'is a generator': 'export function* afterUpdate() {}',
  'goes round': 'export function afterUpdate() { for (;;) {} }',
  'gives away the context': 'const m = new Map(); export function afterUpdate(ctx) { m.set(1, ctx) }',
  'may be replaced': 'export let afterUpdate = () => {}',
  'may be replaced by the module': 'export function afterUpdate() {}; afterUpdate = () => { throw 1 }',
  'uses a collection of others': 'export const m = new Map(); export function afterUpdate() { m.set(1, 1) }',
  'uses a collection that is given away': 'const m = new Map(); export const give = () => m; export function afterUpdate() { m.set(1, 1) }',
  'uses a collection that is changed': 'const m = new Map(); m.set = () => { throw 1 }; export function afterUpdate() { m.set(1, 1) }',
  'uses a collection whose writer gives it away':
    'const m = new Map(); export const give = () => m.set(2, 2); export function afterUpdate() { m.set(1, 1) }',
  'uses a collection of others by name':
    'class Map { set() { throw 1 } }; const m = new Map(); export function afterUpdate() { m.set(1, 1) }',
  'adds to values that others make big integers':
    'const m = new Map(); export const big = () => { m.set(1, 1n) }; export function afterUpdate() { m.set(1, (m.get(1) ?? 0) + 1) }',
  'adds to a variable that others make anything':
    'let n = 0; export const set = (value) => { n = value }; export function afterUpdate() { n = n + 1 }',
  'adds to a variable that a pattern writes':
    'let n = 0; export const set = (v) => { [n] = v }; export function afterUpdate() { n = n + 1 }',
  'adds to a variable that brackets hide':
    'let n = 0; export const set = (v) => { (n as any) = v }; export function afterUpdate() { n = n + 1 }',
  'adds to a variable that a loop writes':
    'let n = 0; export const set = (v) => { for (n of v) {} }; export function afterUpdate() { n = n + 1 }',
  'adds to a name that means another thing elsewhere':
    'let n = 0; const f = (k) => { const n = k; return n }; export function afterUpdate() { n = n + 1 }',
  'may run before its module': `import './other.ts'\nlet n = 0; export function afterUpdate() { n++ }`,
  'may be passed on before its module': `export * from './other.ts'\nlet n = 0; export function afterUpdate() { n++ }`,
  'is in a module that runs texts': `let n = 0; export const run = (code) => eval(code); export function afterUpdate() { n = n + 1 }`,
  'writes a constant': 'const n = 0; export function afterUpdate() { n = 1 }',
  'writes what is not there': 'export function afterUpdate() { nowhere = 1 }',
  'uses a name before it is there': 'export function afterUpdate(ctx) { const a = ctx.id; { let b = a; const a2 = c; const c = 1 } }',
  'uses an inner name before it is there': 'export function afterUpdate(ctx) { const a = ctx.id; { const b = a; const a = 1 } }',
  'tests one thing and uses another': `let s; export function afterUpdate(ctx) { if (typeof ctx.data.a === 'string') s = ctx.data.b.trim() }`,
  'tests a variable and changes it': `let s; export function afterUpdate(ctx) { s = ctx.data.a; if (typeof s === 'string') { s = ctx.data.b; s.trim() } }`,
  'tests what need not hold': `let s; export function afterUpdate(ctx) { if (typeof ctx.data.a === 'string' || ctx.data.b) s = ctx.data.a.trim() }`,
  'tests the opposite': `let s; export function afterUpdate(ctx) { if (typeof ctx.data.a === 'string') return; s = ctx.data.a.trim() }`,
  'tests for objects': `let n = 0; export function afterUpdate(ctx) { if (typeof ctx.data.a !== 'object') n += ctx.data.a }`,
  'counts in its parameter': 'export function afterUpdate({ id }) { id++ }',
}

describe('what a hook behind a write is proven not to do', () => {
  test.each(Object.entries(PROVEN))('%s: cannot fail', (_name, text) => {
    expect(isProven(text)).toBe(true)
  })

  test.each(Object.entries(NOT_PROVEN))('%s: may fail', (_name, text) => {
    expect(isProven(text)).toBe(false)
  })

  const thrower = (): never => {
    throw new Error('It was run.')
  }
  const hostile: readonly unknown[] = [
    ...[undefined, null, '', 'won', 0, -1.5, Number.NaN, true, 1n, Symbol('a'), thrower, [1], Object.create(null)],
    { valueOf: thrower, toString: thrower, [Symbol.toPrimitive]: thrower },
    new Proxy({}, { get: thrower, has: thrower, ownKeys: thrower, getPrototypeOf: thrower }),
  ]

  test.each(Object.entries(PROVEN))('%s: does not fail', async (_name, text) => {
    const { afterUpdate } = (await transpiled(text)) as { readonly afterUpdate: (context: object) => unknown }
    for (const one of hostile)
      for (const other of hostile) {
        const data = { name: one, status: one, amount: one, rate: other, stage: other }
        afterUpdate({ id: other, data, new: data, input: data })
      }
  })
})
