import type { ChangedFile } from './plan-write.ts'

/** Whether two texts of a generated module differ in nothing but comments that have lines of their own, as those do that name lines of the schemas. */
export function isReworded({ path, text, before }: ChangedFile): boolean {
  if (before === undefined || !/\.[jt]s$/.test(path)) return false
  return withoutComments(text) === withoutComments(Buffer.from(before).toString('utf8').replaceAll('\r\n', '\n'))
}

function withoutComments(text: string): string {
  const kept: string[] = []
  let isInside = false
  for (const line of text.split('\n')) {
    const start = line.trimStart()
    isInside ||= start.startsWith('/*')
    if (!isInside && !start.startsWith('//')) kept.push(line)
    // What follows a comment on its last line is code.
    if (isInside && line.includes('*/')) {
      isInside = false
      const rest = line.slice(line.indexOf('*/') + 2)
      if (rest.trim() !== '') kept.push(rest)
    }
  }
  return kept.join('\n')
}
