import type { Hole } from './code.ts'
import { LINE_WIDTH } from './line-width.ts'
import { type Imports, print } from './print.ts'

/** A whole TypeScript file: header line, imports computed from the symbols the body used, body, final newline. */
export function sourceText({ header, body, self }: { readonly header: string; readonly body: Hole; readonly self?: string }): string {
  const { text, imports } = print(body)
  return [header, ...importLines(imports, self), '', text, ''].join('\n')
}

/** Types first; packages before files of ours; by name. */
function importLines(imports: Imports, self: string | undefined): readonly string[] {
  const froms = [...imports.keys()].filter((from) => from !== self).sort(inImportOrder)
  return [true, false].flatMap((isType) =>
    froms.flatMap((from) => {
      const names: string[] = []
      for (const [name, isTypeName] of imports.get(from) ?? []) if (isTypeName === isType) names.push(name)
      return names.length === 0 ? [] : [namesFrom(isType ? 'import type ' : 'import ', names.sort(), from)]
    }),
  )
}

function inImportOrder(left: string, right: string): number {
  const isLocal = left.startsWith('.')
  if (isLocal !== right.startsWith('.')) return isLocal ? 1 : -1
  return left < right ? -1 : 1
}

/** `import { a, b } from 'c'`, one name per line where they do not fit on one. */
export function namesFrom(keywords: string, names: readonly string[], from: string): string {
  const line = `${keywords}{ ${names.join(', ')} } from '${from}'`
  return line.length <= LINE_WIDTH ? line : `${keywords}{\n  ${names.join(',\n  ')},\n} from '${from}'`
}
