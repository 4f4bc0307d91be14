import { describe, expect, test } from 'vitest'
import { declaredEvent } from '../../../compiler/behaviour/declared-event.ts'
import type { ModuleFiles } from '../../../compiler/behaviour/unresolved-import.ts'

const filesOf = (texts: Readonly<Record<string, string>>): ModuleFiles => ({
  textOf: (path) => texts[path],
  isInstalled: () => true,
  resolve: (specifier) => (Object.hasOwn(texts, specifier.slice(2)) ? specifier.slice(2) : undefined),
})

/** The payload of an event that is declared with a type, in words. */
function payload(type: string, before = '', others: Readonly<Record<string, string>> = {}): string | undefined {
  const text = `import { event } from 'objectql/plugin-sdk'\n${before}\nexport const events = { happened: event<${type}>() }\n`
  return declaredEvent('a.ts', 'happened', filesOf({ 'a.ts': text, ...others }))?.payload
}

describe('a payload in words', () => {
  const SAME: readonly [string, string, string?][] = [
    ['{ a: string; b: number }', '{ readonly b: number, readonly a: string }'],
    ["'x' | 'y' | null", "null | ('y' | 'x')"],
    ['string[]', 'readonly string[]'],
    ['ReadonlyArray<{ a: 1 }>', 'Array<{ a: 1 }>'],
    ['Readonly<{ a: string }>', '{ a: string }'],
    ['{ "a": string }', '{ /* the first */ a: string }'],
    ['{ a: string } & { b: { c: number; d: string } }', '{ b: { d: string; c: number }; a: string }'],
    [
      'Own',
      '{ id: string; more: { at: Date } }',
      'interface Base { id: string }\ntype More = { at: Date }\nexport interface Own extends Base { more: More }',
    ],
  ]

  test.each(SAME)('%s is the same as %s', (one, other, before = '') => {
    expect(payload(one, before)).toBeDefined()
    expect(payload(one, before)).toBe(payload(other, before))
  })

  const DIFFERENT: readonly [string, string, string?][] = [
    ['{ a: string }', '{ a: number }'],
    ['{ a: string }', '{ a?: string }'],
    ['{ a: string }', '{ a: string; b: string }'],
    ['string', 'string[]'],
    ['string | null', 'string'],
    ['Map<string, number>', 'Map<string, string>'],
    ['One', 'Other', "import type { One } from 'one-package'\nimport type { One as Other } from 'other-package'"],
    ['[string, number]', '[number, string]'],
  ]

  test.each(DIFFERENT)('%s is not %s', (one, other, before = '') => {
    expect(payload(one, before)).not.toBe(payload(other, before))
  })

  test('ends where a type refers to itself', () => {
    const tree = 'interface Tree { value: string; children: Tree[] }'
    expect(payload('Tree', tree)).toBe('{ children: Array<a.ts#Tree>; value: string }')
    expect(payload('One', 'type One = { two: Two }\ntype Two = { one: One } | null')).toBe('{ two: null | { one: a.ts#One } }')
  })

  test('follows imports of the project, under other names too', () => {
    const others = {
      'types.ts': "import type { Id as Key } from './ids.ts'\nexport interface Award { id: Key; to: string }",
      'ids.ts': 'export type Id = `a-${string}`',
    }
    expect(payload('Given', "import type { Award as Given } from './types.ts'", others)).toBe('{ id: `a-${string}`; to: string }')
    expect(payload('Lost', "import type { Lost } from './nowhere.ts'")).toBe('a.ts/./nowhere.ts#Lost')
    expect(payload('Page<Row>', "import type { Page } from 'pages'\ninterface Row { a: 1 }")).toBe('pages#Page<{ a: 1 }>')
  })
})

describe('a declaration', () => {
  test('is found in calls of the builder and in maps, at its name', () => {
    const text =
      "import { event, PluginBuilder } from 'objectql/plugin-sdk'\nexport default new PluginBuilder().name('a').event('x.y', event<string>('Said.')).build()\n"
    const found = declaredEvent('a.ts', 'x.y', filesOf({ 'a.ts': text }))
    expect(found && [text.slice(found.start, found.end), found.payload]).toEqual(["'x.y'", 'string'])
    expect(declaredEvent('a.ts', 'x.z', filesOf({ 'a.ts': text }))).toBeUndefined()
    expect(declaredEvent('gone.ts', 'x.y', filesOf({}))).toBeUndefined()
  })

  test('says nothing about its payload where there is no type, and is none where another function makes it', () => {
    expect(payload('unknown')).toBeUndefined()
    const read = (text: string) => declaredEvent('a.js', 'happened', filesOf({ 'a.js': text }))
    const untyped = read("import { event } from 'objectql/plugin-sdk'\nexport default { events: { happened: event('It did.') } }")
    expect(untyped).toMatchObject({ start: expect.any(Number) })
    expect(untyped).not.toHaveProperty('payload')
    expect(read("import { event } from './mine.js'\nexport default { events: { happened: event() } }")).toBeUndefined()
  })
})
