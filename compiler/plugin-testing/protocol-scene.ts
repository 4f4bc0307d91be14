import { AssertionError } from 'node:assert'
import { expectSame, rejection } from './conformance.ts'
import { differences, shown } from './differences.ts'
import type { ProtocolAdapter, ProtocolProblem, ProtocolQuery, ProtocolRecord } from './protocol-adapter.ts'
import { ITEM } from './protocol-object.ts'

export interface Refusal {
  readonly status: number
  readonly code: string
  /** All wrong values, in any order. Left out: not compared. */
  readonly issues?: readonly { readonly pointer: string; readonly code: string }[]
}

/** Records of one check, in a database that may hold others. */
export interface ProtocolScene {
  readonly adapter: ProtocolAdapter
  /** In the field `batch` of every record that the check makes. */
  readonly batch: string
  /** @throws AssertionError when it has no id. */
  create(values: ProtocolRecord): Promise<ProtocolRecord & { readonly id: string }>
  get(id: string): Promise<ProtocolRecord>
  update(id: string, values: ProtocolRecord): Promise<ProtocolRecord>
  /** Records of this check only. */
  list(query: ProtocolQuery): Promise<readonly ProtocolRecord[]>
  count(where?: ProtocolRecord): Promise<number>
  /** The server refuses, and says why. @returns what it said. */
  refused(what: string, work: () => unknown, expected: Refusal): Promise<ProtocolProblem>
  /** The server refuses with one of these codes. */
  refusedAs(what: string, work: () => unknown, codes: readonly string[]): Promise<void>
}

export type ProtocolCheck = readonly [name: string, check: (scene: ProtocolScene) => Promise<void>]

let batches = 0

export function openProtocolScene(adapter: ProtocolAdapter): ProtocolScene {
  const batch = `${process.pid}-${Date.now().toString(36)}-${++batches}`
  const within = (where: ProtocolRecord | undefined): ProtocolRecord => (where ? { $and: [{ batch }, where] } : { batch })
  async function problem(what: string, work: () => unknown): Promise<ProtocolProblem> {
    const error = await rejection(what, work)
    const found = adapter.problemOf(error)
    if (found) return found
    throw new AssertionError({ message: `${what}: expected an answer of the server, got ${shown(error)}.`, actual: error })
  }
  return {
    adapter,
    batch,
    async create(values) {
      const record = await adapter.create(ITEM, { title: 'x', batch, ...values })
      const { id } = record
      if (typeof id !== 'string' || id === '') expectSame('id of a new record', id, 'text')
      return record as ProtocolRecord & { readonly id: string }
    },
    get: (id) => adapter.get(ITEM, id),
    update: (id, values) => adapter.update(ITEM, id, values),
    list: ({ where, ...query }) => adapter.list(ITEM, { ...query, where: within(where) }),
    count: (where) => adapter.count(ITEM, { where: within(where) }),
    async refused(what, work, { status, code, issues }) {
      const found = await problem(what, work)
      expectSame(`${what}: code`, found.code, code)
      if (found.status !== undefined) expectSame(`${what}: status`, found.status, status)
      if (issues) expectSame(`${what}: wrong values`, sortedIssues(found), sortedIssues({ issues }))
      return found
    },
    async refusedAs(what, work, codes) {
      const { code } = await problem(what, work)
      if (!codes.includes(code)) expectSame(`${what}: code`, code, codes.length === 1 ? codes[0] : codes)
    },
  }
}

const sortedIssues = ({ issues }: Pick<ProtocolProblem, 'issues'>): readonly string[] =>
  issues.map(({ pointer, code }) => `${pointer} ${code}`).sort()

/** A record has these members, and may have others. */
export function expectMembers(what: string, record: ProtocolRecord, members: ProtocolRecord): void {
  const wrong = differences(record, members)
  if (wrong.length > 0)
    throw new AssertionError({
      message: `${what} differs:\n${wrong.join('\n')}`,
      actual: record,
      expected: members,
      operator: 'expectMembers',
    })
}

export const NOT_FOUND: Refusal = { status: 404, code: 'NOT_FOUND' }

/** What 422 says. */
export const invalidAt = (...issues: readonly (readonly [pointer: string, code: string])[]): Refusal => ({
  status: 422,
  code: 'VALIDATION_ERROR',
  issues: issues.map(([pointer, code]) => ({ pointer, code })),
})
