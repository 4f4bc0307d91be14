import { LINE_WIDTH } from '../../code/line-width.ts'

/** A union on one line where it fits, else one member per line. */
export function optionType(start: string, members: readonly string[]): string {
  const line = `${start} ${members.join(' | ')}`
  return line.length <= LINE_WIDTH ? line : `${start}\n  | ${members.join('\n  | ')}`
}
