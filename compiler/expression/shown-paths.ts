import { check } from './check.ts'
import { ExpressionProblem } from './problem.ts'
import { type FieldPath, pathsBelow } from './related-paths.ts'
import type { ExpressionSchema } from './schema.ts'
import type { Syntax } from './syntax.ts'

const HERE = { start: 0, end: 0 } as const

/** Fields of related records that a text shows: `{{account.name}}`. Other places, and what nobody declared, are left as they are. */
export function shownPaths(text: string, schema: ExpressionSchema): readonly FieldPath[] {
  const places = [...text.matchAll(/\{\{\s*([\w$]+(?:\.\w+)+)\s*\}\}/g)].map(([, path = '']) => path.replace(/^\$?record\./, ''))
  return [...new Set(places)].flatMap((path) => {
    const [first = '', ...rest] = path.split('.')
    if (rest.length === 0 || !schema.field(schema.object, first)) return []
    const syntax = rest.reduce<Syntax>((of, name) => ({ kind: 'member', of, name, ...HERE }), { kind: 'name', name: first, ...HERE })
    try {
      return pathsBelow([check(syntax, 'cel', schema)])
    } catch (error) {
      if (error instanceof ExpressionProblem) return []
      throw error
    }
  })
}
