import { recovering } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import type { ObjectStore } from '../object/object-store.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { Reply } from './reply.ts'
import { header, type ServerRequest } from './request.ts'

/** What a client prefers (RFC 7240). Unknown preferences are ignored, as the RFC demands, unless `handling=strict` asks for an error. */
export interface Preferences {
  readonly isMinimal: boolean
  /** Do everything, answer, and keep nothing. */
  readonly isDryRun: boolean
  readonly maxAffected?: number
  /** How the total of a list is worked out; in `applied` only where there is one. */
  readonly count?: 'exact' | 'planned' | 'estimated'
  readonly isStrict: boolean
  /** The preferences above as they were understood, for Preference-Applied. */
  readonly applied: readonly string[]
}

const NONE: Preferences = Object.freeze({ isMinimal: false, isDryRun: false, isStrict: false, applied: Object.freeze([]) })

/**
 * @throws ObjectQLError 400 for what is not known when `handling=strict` is preferred, and for `max-affected` with something that is no number: ignoring it
 * would lift the limit.
 */
export function preferences(request: ServerRequest): Preferences {
  const first = header(request, 'prefer')
  if (first === undefined) return NONE
  let isMinimal = false
  let isDryRun = false
  let maxAffected: number | undefined
  let count: Preferences['count']
  let isStrict = false
  const applied: string[] = []
  const unknown: string[] = []
  for (const part of allOf(request, first)) {
    const [name = '', value = ''] =
      part
        .split(';', 1)[0]
        ?.split('=', 2)
        .map((text) => text.trim().replaceAll('"', '').toLowerCase()) ?? []
    if (name === 'return' && (value === 'minimal' || value === 'representation')) {
      isMinimal = value === 'minimal'
      applied.push(`return=${value}`)
    } else if (name === 'tx' && (value === 'rollback' || value === 'commit')) {
      isDryRun = value === 'rollback'
      applied.push(`tx=${value}`)
    } else if (name === 'max-affected') {
      if (!/^\d{1,15}$/.test(value))
        throw new ObjectQLError(400, 'INVALID_REQUEST', 'The preference "max-affected" takes a whole number: Prefer: max-affected=10.')
      maxAffected = Number(value)
      applied.push(`max-affected=${value}`)
    } else if (name === 'count' && (value === 'exact' || value === 'planned' || value === 'estimated')) {
      count = value
    } else if (name === 'handling' && (value === 'strict' || value === 'lenient')) {
      isStrict = value === 'strict'
    } else if (name !== '') {
      unknown.push(part.trim())
    }
  }
  if (isStrict && unknown.length > 0)
    throw new ObjectQLError(
      400,
      'INVALID_REQUEST',
      `The preference "${unknown[0]?.slice(0, 64)}" is not known. Known are return=minimal|representation, tx=rollback|commit, max-affected=<number>, count=exact|planned|estimated and handling=strict|lenient.`,
    )
  if (isStrict) applied.push('handling=strict')
  return {
    isMinimal,
    isDryRun,
    isStrict,
    applied,
    ...(count === undefined ? {} : { count }),
    ...(maxAffected === undefined ? {} : { maxAffected }),
  }
}

/** The header may come several times. */
function allOf({ rawHeaders }: ServerRequest, first: string): readonly string[] {
  const values: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.toLowerCase() === 'prefer') values.push(...(rawHeaders[at + 1] ?? '').split(','))
  return values.length > 0 ? values : first.split(',')
}

/** Writes as a client prefers it: for good, or to see what would happen. */
export function preferred(store: ObjectStore, wanted: Preferences, work: (store: ObjectStore) => Maybe<Reply>): Maybe<Reply> {
  const done = wanted.isDryRun ? undone(store, work) : work(store)
  return wanted.applied.length === 0
    ? done
    : whenReady(done, (reply) => {
        reply.headers.push('preference-applied', wanted.applied.join(', '))
        return reply
      })
}

/** Carries an answer out of a transaction that is to be undone. */
class Undone {
  readonly reply: Reply
  constructor(reply: Reply) {
    this.reply = reply
  }
}

/** Answers about what was undone: a transaction around them keeps nothing either. */
export const undoneReplies = new WeakSet<Reply>()

/** Does the work in a transaction, or a savepoint, and undoes it. */
export function undone(store: ObjectStore, work: (store: ObjectStore) => Maybe<Reply>): Maybe<Reply> {
  return recovering(
    () =>
      store.session.atomically((session) =>
        whenReady(work(store.within(session)), (reply): Reply => {
          throw new Undone(reply)
        }),
      ),
    (error) => {
      if (!(error instanceof Undone)) throw error
      undoneReplies.add(error.reply)
      return error.reply
    },
  )
}
