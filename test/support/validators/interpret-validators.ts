import type { SeenRecord } from '../rules/expect-write.ts'
import { held, holds, namesIn, type RuledWrite, type Verdict } from '../rules/interpret-rules.ts'
import type { AskedMeaning } from './random-asked-rule.ts'

/** What `{{most}}` stands for where somebody answers with values. */
export const MOST = 7

export const WORDS = 'In words of its own, {{name}}.'

/** Who is asked about the records of a write, and what is found, slowly: one after the other, over what authors meant. */
export function interrogate(rules: readonly AskedMeaning[], seen: readonly SeenRecord[]) {
  const asked: string[] = []
  const errors: Verdict[] = []
  const warnings: Verdict[] = []
  const order = [...rules].sort((a, b) => a.priority - b.priority)
  for (const { at, write } of seen)
    for (const rule of order) {
      if (!isAsked(rule, write)) continue
      asked.push(`${rule.name} ${String(write.record['id'])}`)
      if (holds(rule.right, write)) continue
      const about = rule.fields?.[0] ?? rule.field
      const verdict = { code: rule.code, pointer: at + (about === undefined ? '' : `/${about}`), message: words(rule, write) }
      if (rule.severity === 'error') errors.push(verdict)
      else warnings.push(verdict)
    }
  return { asked, errors, warnings }
}

function isAsked({ on, skipsBulk, fields, field, applies }: AskedMeaning, write: RuledWrite): boolean {
  const { operation, record, previous, isBulk } = write
  if (!on.includes(operation) || (skipsBulk && isBulk)) return false
  const watched = fields ?? (field === undefined ? undefined : [field, ...(applies ? namesIn(applies) : [])])
  const isTouched = (name: string): boolean => previous !== undefined && held(record, name) !== held(previous, name)
  if (operation === 'update' && watched && !watched.some(isTouched)) return false
  return applies === undefined || holds(applies, write)
}

function words({ saying, message }: AskedMeaning, { record }: RuledWrite): string {
  if (saying === 'text' || saying === 'throws') return WORDS
  return message
    .split(/(\{\{\w+\}\})/)
    .map((part) => {
      const name = /^\{\{(\w+)\}\}$/.exec(part)?.[1]
      if (name === undefined) return part
      const value = name === 'most' && saying === 'params' ? MOST : held(record, name)
      return value === null ? '' : String(value)
    })
    .join('')
}
