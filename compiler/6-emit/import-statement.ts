import { LINE_WIDTH } from '../code/line-width.ts'
import { literal, quote } from '../code/literal.ts'

/** An export of a module, and the name it has where it is imported. */
export interface ImportBinding {
  readonly exported: string
  readonly local: string
}

/** `import audit, { quota as quotaExport } from '…'`: in one line where it fits, else one name a line. */
export function importStatement(bindings: readonly ImportBinding[], from: string): string {
  const whole = bindings.filter(({ exported }) => exported === 'default').map(({ local }) => `${local}`)
  const named = bindings.filter(({ exported }) => exported !== 'default').map(({ exported, local }) => `${nameOf(exported)} as ${local}`)
  const said = (list: string): string => `import ${[...whole, ...(named.length === 0 ? [] : [list])].join(', ')} from ${quote(from)}`
  const line = said(`{ ${named.join(', ')} }`)
  return line.length <= LINE_WIDTH ? line : said(`{\n${named.map((name) => `  ${name},\n`).join('')}}`)
}

/** Exports may have any name, in quotes. */
const nameOf = (exported: string): string => (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(exported) ? exported : literal(exported))
