import { randomBytes } from 'node:crypto'
import { cursorSignature } from '../database/cursor-signature.ts'
import { recovering } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import type { Sign } from '../query/cursor.ts'

/** What signs the cursors of one application. All processes on one database need the same secret, so it is kept there unless it is given. */
export interface CursorSecret {
  readonly isLoaded: boolean
  /** Reads the secret, or makes one. Nothing to do once it is loaded. */
  load(session: Session): Maybe<undefined>
  /** Only once it is loaded. */
  readonly sign: Sign
}

const KEY = 'cursor_secret'

export function createCursorSecret(given?: string): CursorSecret {
  let sign = given === undefined ? undefined : cursorSignature(given)
  const keep = (secret: string): undefined => {
    sign = cursorSignature(secret)
    return undefined
  }
  return {
    get isLoaded() {
      return sign !== undefined
    },
    load: (session) =>
      sign
        ? undefined
        : recovering(
            () => whenReady(readOrMake(session), keep),
            // No bookkeeping, or it cannot be written: cursors are good for this process only.
            () => keep(newSecret()),
          ),
    sign(text) {
      if (!sign) throw new Error('The secret that signs cursors is not loaded.')
      return sign(text)
    },
  }
}

const newSecret = (): string => randomBytes(32).toString('base64url')

function readOrMake(session: Session): Maybe<string> {
  const { quoteName, placeholders } = session.dialect
  const mark = (position: number): string => (placeholders === 'numbered' ? `$${position}` : '?')
  const [table, key, value] = ['_objectql', 'key', 'value'].map((name) => quoteName(name))
  const select = { sql: `select ${value} from ${table} where ${key} = ${mark(1)}`, kinds: ['text'], isRead: true } as const
  const insert = {
    sql: `insert into ${table} (${key}, ${value}) values (${mark(1)}, ${mark(2)})`,
    kinds: ['text', 'text'],
    isRead: false,
  } as const
  const read = (): Maybe<string | undefined> => whenReady(session.row(select, [KEY]), (row) => (row ? String(row[0]) : undefined))
  return whenReady(read(), (known) => {
    if (known !== undefined) return known
    const made = newSecret()
    return recovering(
      () => whenReady(session.run(insert, [KEY, made]), () => made),
      // Another process was faster.
      (error) =>
        whenReady(read(), (other) => {
          if (other === undefined) throw error
          return other
        }),
    )
  })
}
