import { isAsked, takenBy } from './interpret-asked.ts'
import { isAskedFor, judge, judgeAsked, looksAt, type RuledWrite, type Verdict, type Verdicts, verdictOf } from './interpret-rules.ts'
import type { Stored } from './random-mixed-write.ts'
import type { RuledObject } from './random-ruled-object.ts'
import type { Write } from './random-write.ts'
import type { Row, RuleWorld } from './rule-world.ts'

export interface RuledState extends Stored {
  readonly rows: Map<string, Row>
  readonly trashed: Map<string, Row>
  readonly slips: Map<string, Row>
}

/** One record of a write. */
interface Part {
  readonly id: string
  readonly at: string
  readonly write: RuledWrite
}

/** What has to happen: the rules over each record, then what the statement itself refuses, then those that ask; and what is stored then. */
export function expectMixedWrite(
  { rules, defaults, hasTrash }: RuledObject,
  state: RuledState,
  write: Write,
  /** Names of unique rules that an index holds. */
  indexed: ReadonlySet<string>,
): { readonly outcome: Verdicts; readonly apply: () => void } {
  const { rows, trashed, slips } = state
  const isBulk = write.kind === 'createMany' || write.kind === 'updateMany' || write.kind === 'deleteMany'
  const before: RuleWorld = { rows, keepers: state.keepers, slips }
  const after = new Map(rows)
  const parts: Part[] = []
  const make = (input: Row, at: string): void => {
    const record: Row = { ...defaults, ...input }
    after.set(String(input['id']), record)
    parts.push({ id: String(input['id']), at, write: { operation: 'create', record, isBulk, world: before } })
  }
  const change = (id: string, patch: Row): void => {
    const previous = rows.get(id) as Row
    const record = { ...previous, ...patch }
    after.set(id, record)
    const written = new Set(Object.keys(patch))
    parts.push({ id, at: '', write: { operation: 'update', record, previous, isBulk, written, world: before } })
  }
  const remove = (id: string): void => {
    const record = rows.get(id)
    after.delete(id)
    // What is purged out of the trash has been asked about when it went there.
    if (record) parts.push({ id, at: '', write: { operation: 'delete', record, previous: record, isBulk, world: before } })
  }
  switch (write.kind) {
    case 'create':
      make(write.input, '')
      break
    case 'createMany':
      for (const [at, input] of write.inputs.entries()) make(input, `/${at}`)
      break
    case 'upsert': {
      const { id, ...rest } = write.input
      if (rows.has(String(id))) change(String(id), rest)
      else make(write.input, '')
      break
    }
    case 'update':
    case 'updateMany':
      for (const id of write.ids) change(id, write.patch)
      break
    case 'increase':
      for (const id of write.ids) change(id, { [write.field]: Number(rows.get(id)?.[write.field] ?? 0) + write.amount })
      break
    case 'restore':
      for (const id of write.ids) after.set(id, trashed.get(id) as Row)
      break
    default:
      for (const id of write.ids) remove(id)
  }
  const isRemoval = write.kind === 'delete' || write.kind === 'deleteMany' || write.kind === 'purge'
  const world: RuleWorld = { ...before, rows: isRemoval ? rows : after }
  const found = write.kind === 'restore' ? refusedRestore() : verdictsOf()
  const errors = [...new Map(found.errors.map((one) => [JSON.stringify(one), one])).values()]
  const tells = write.kind !== 'delete' && write.kind !== 'purge' && write.kind !== 'restore'
  return {
    outcome: { errors, warnings: errors.length === 0 && tells ? found.warnings : [] },
    apply() {
      for (const id of write.ids) {
        const [stays, was] = [after.get(id), rows.get(id)]
        if (stays) rows.set(id, stays)
        else rows.delete(id)
        trashed.delete(id)
        const isKept = hasTrash && write.kind !== 'purge'
        if (!stays && was && isKept) trashed.set(id, was)
        if (!stays && !isKept) for (const [slip, row] of slips) if (row['thing'] === id) slips.set(slip, { ...row, thing: null })
      }
    },
  }

  function verdictsOf(): Verdicts {
    const isCounted = write.kind === 'increase'
    const checked = parts.map(checkedOf)
    const own = together(parts.map(({ at }, index) => located(checked[index] as Verdicts, at)))
    const held = heldByIndex()
    // What counts up is looked at once it is written.
    if (isCounted && held) return { errors: [held], warnings: [] }
    if (own.errors.length > 0) return own
    if (held) return { errors: [held], warnings: [] }
    const asked = rules
      .map(({ meaning }) => meaning)
      .filter(isAsked)
      .filter(({ code }) => !indexed.has(code))
    const told = together(parts.map(({ id, at, write: part }) => located(judgeAsked(asked, id, { ...part, world }), at)))
    return { errors: told.errors, warnings: [...own.warnings, ...told.warnings] }
  }

  /** State machines are looked at by themselves, all else where something is written that some rule looks at. */
  function checkedOf({ write: part }: Part): Verdicts {
    const looked = new Set(
      rules.flatMap(({ meaning }) =>
        meaning.isActive && meaning.on.includes('update') && meaning.check.kind !== 'transition' && !isAsked(meaning)
          ? looksAt(meaning)
          : [],
      ),
    )
    const isLooked = part.operation !== 'update' || [...(part.written ?? [])].some((field) => looked.has(field))
    return judge(isLooked ? rules : rules.filter(({ meaning }) => meaning.check.kind === 'transition'), part)
  }

  /** The first record that a unique index refuses. */
  function heldByIndex(): Verdict | undefined {
    const inserted = new Map(rows)
    for (const { id, at, write: part } of parts) {
      if (part.operation === 'delete') return undefined
      inserted.set(id, part.record)
      const seen = write.kind === 'createMany' ? inserted : after
      const rule = rules
        .map(({ meaning }) => meaning)
        .find(
          (one) => one.check.kind === 'unique' && indexed.has(one.code) && takenBy(one.check, part.record, id, { ...before, rows: seen }),
        )
      // Which of many records was refused nobody knows: what is told is what was written.
      const told: RuledWrite = write.kind === 'updateMany' ? { ...part, world, record: write.patch } : { ...part, world }
      if (rule) return located({ errors: [verdictOf(rule, told)], warnings: [] }, at).errors[0]
    }
    return undefined
  }

  /** Unique rules hold of what comes back. */
  function refusedRestore(): Verdicts {
    const errors = write.ids.flatMap((id) => {
      const part: RuledWrite = { operation: 'create', record: trashed.get(id) as Row, isBulk: false, world }
      return rules
        .map(({ meaning }) => meaning)
        .filter(isAsked)
        .flatMap((one) => {
          if (one.check.kind !== 'unique' || one.severity !== 'error' || !isAskedFor(one, part)) return []
          return takenBy(one.check, part.record, id, world) === undefined ? [] : [verdictOf(one, part)]
        })
    })
    return { errors, warnings: [] }
  }
}

const located = ({ errors, warnings }: Verdicts, at: string): Verdicts => {
  const moved = (one: Verdict): Verdict => ({ ...one, pointer: at + one.pointer })
  return { errors: errors.map(moved), warnings: warnings.map(moved) }
}

const together = (all: readonly Verdicts[]): Verdicts => ({
  errors: all.flatMap(({ errors }) => errors),
  warnings: all.flatMap(({ warnings }) => warnings),
})
