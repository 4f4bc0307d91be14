import { judge, looksAt, type Row, type RuledWrite, type Verdict } from './interpret-rules.ts'
import type { AuthoredRule } from './random-rules.ts'
import type { Write } from './random-write.ts'
import type { Outcome } from './run-write.ts'

/** A record of a write, and where it stands in the request. */
export interface SeenRecord {
  readonly at: string
  readonly write: RuledWrite
}

export interface Expectation {
  readonly outcome: Outcome
  /** The records that are written, in order. */
  readonly seen: readonly SeenRecord[]
  /** The call has a way to tell warnings. */
  readonly tells: boolean
  /** Writes it to the rows. */
  readonly apply: () => void
}

/** What has to happen, by the interpreter. */
export function expectation(rules: readonly AuthoredRule[], rows: Map<string, Row>, write: Write): Expectation {
  const isBulk = write.kind === 'createMany' || write.kind === 'updateMany' || write.kind === 'deleteMany'
  const errors: Verdict[] = []
  const warnings: Verdict[] = []
  const after = new Map<string, Row | undefined>()
  const looked = new Set(
    rules.flatMap(({ meaning }) =>
      meaning.isActive && meaning.on.includes('update') && meaning.check.kind !== 'transition' ? looksAt(meaning) : [],
    ),
  )
  const machines = rules.filter(({ meaning }) => meaning.check.kind === 'transition')
  const seen: SeenRecord[] = []
  const take = (at: string, found: ReturnType<typeof judge>): void => {
    errors.push(...found.errors.map((one) => ({ ...one, pointer: at + one.pointer })))
    warnings.push(...found.warnings.map((one) => ({ ...one, pointer: at + one.pointer })))
  }
  const create = (input: Row, at: string): void => {
    after.set(String(input['id']), input)
    seen.push({ at, write: { operation: 'create', record: input, isBulk } })
    take(at, judge(rules, { operation: 'create', record: input, isBulk }))
  }
  const change = (id: string, patch: Row): void => {
    const previous = rows.get(id) as Row
    const record = { ...previous, ...patch }
    after.set(id, record)
    // State machines are looked at by themselves.
    const meant = Object.keys(patch).some((field) => looked.has(field)) ? rules : machines
    if (Object.keys(patch).length > 0) seen.push({ at: '', write: { operation: 'update', record, previous, isBulk } })
    take('', judge(meant, { operation: 'update', record, previous, isBulk }))
  }
  if (write.kind === 'create') create(write.input, '')
  else if (write.kind === 'createMany') for (const [at, input] of write.inputs.entries()) create(input, `/${at}`)
  else if (write.kind === 'upsert') {
    const { id, ...rest } = write.input
    if (rows.has(String(id))) change(String(id), rest)
    else create(write.input, '')
  } else if (write.kind === 'delete' || write.kind === 'deleteMany')
    for (const id of write.ids) {
      after.set(id, undefined)
      const row = rows.get(id) as Row
      seen.push({ at: '', write: { operation: 'delete', record: row, previous: row, isBulk } })
      take('', judge(rules, { operation: 'delete', record: row, previous: row, isBulk }))
    }
  else
    for (const id of write.ids) {
      if (write.kind === 'increase') change(id, { [write.field]: Number(rows.get(id)?.[write.field] ?? 0) + write.amount })
      else if ('patch' in write) change(id, write.patch)
    }
  const unique = [...new Map(errors.map((one) => [JSON.stringify(one), one])).values()]
  const tells = write.kind !== 'delete'
  return {
    seen,
    tells,
    outcome: { errors: unique, warnings: unique.length === 0 && tells ? warnings : [] },
    apply() {
      for (const [id, row] of after) {
        if (row) rows.set(id, row)
        else rows.delete(id)
      }
    },
  }
}
