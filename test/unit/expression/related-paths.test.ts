import { expect, test } from 'vitest'
import { ExpressionProblem } from '../../../compiler/expression/problem.ts'
import { recognise } from '../../../compiler/expression/recognise.ts'
import { pathsBelow, relatedPaths, relatedPlan } from '../../../compiler/expression/related-paths.ts'
import type { ExpressionField, ExpressionSchema } from '../../../compiler/expression/schema.ts'
import { shownPaths } from '../../../compiler/expression/shown-paths.ts'

const FIELDS: Readonly<Record<string, Readonly<Record<string, ExpressionField>>>> = {
  line: { count: { type: 'number' }, deal: { type: 'text', target: 'deal' }, about: { type: 'text', isOpen: true } },
  deal: { stage: { type: 'text' }, owner: { type: 'text', target: 'user' } },
  user: { region: { type: 'text' }, password: { type: 'text', isSecret: true }, boss: { type: 'text', target: 'user' } },
}

const schemaOf = (parents: readonly string[]): ExpressionSchema => ({
  object: 'line',
  field: (object, name) => FIELDS[object]?.[name],
  fieldNames: (object) => Object.keys(FIELDS[object] ?? {}),
  parentsOf: () => parents,
  roots: new Set(['record', 'previous'] as const),
  isBlankZero: false,
})

function planOf(source: string, parents: readonly string[] = ['deal']): unknown {
  try {
    return relatedPlan(relatedPaths(pathsBelow([recognise({ source, dialect: 'cel' }, schemaOf(parents)).typed])))
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error
    return `${error.kind}: ${error.message}${error.meant === undefined ? '' : ` (${error.meant}?)`}`
  }
}

test('paths through lookups are one tree, whichever record they begin at', () => {
  const owner = { object: 'user', fields: ['region'] }
  const deal = { object: 'deal', fields: ['owner', 'stage'], below: { owner } }
  expect(planOf("record.deal.stage == 'x' && previous.deal.owner.region == 'y' && record.deal.owner != null")).toEqual({ deal })
  expect(planOf("parent.stage == 'x'")).toEqual({ deal: { object: 'deal', fields: ['stage'] } })
  expect(planOf('record.count > 1')).toEqual({})
})

test('what leads nowhere is told', () => {
  expect(planOf("deal.stag == 'x'")).toBe('unknown-field: "deal" has no field "stag" (stage?)')
  expect(planOf("deal.owner.password == 'x'")).toMatch(/^not-translatable: "password" of another record, which is never read back/)
  expect(planOf("about.name == 'x'")).toMatch(/^not-translatable: a field below "about", which leads to no single object/)
  expect(planOf("count.name == 'x'")).toMatch(/^wrong-type: "count" is no lookup/)
  expect(planOf("parent.stage == 'x'", ['deal', 'about'])).toMatch(/"parent" may be "deal" or "about"/)
  expect(planOf("parent.stage == 'x'", [])).toMatch(/^unknown-field/)
  const far = (times: number): string => `deal.owner.${'boss.'.repeat(times)}region == 'x'`
  expect(planOf(far(3))).toHaveProperty('deal.below.owner.below.boss.below.boss.below.boss.fields', ['region'])
  expect(planOf(far(4))).toBe('not-translatable: a path through more than 5 lookups')
})

test('texts show what there is, and never a secret', () => {
  const shown = (text: string): readonly string[] => shownPaths(text, schemaOf([])).map(({ path }) => path.join('.'))
  expect(shown('{{deal.stage}} {{ record.deal.owner.region }} {{count}} {{deal.none}} {{deal.owner.password}}')).toEqual([
    'deal.stage',
    'deal.owner.region',
  ])
})
