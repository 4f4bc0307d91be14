import { createHash } from 'node:crypto'
import { MAX_NAME_BYTES, physicalName } from '../../../runtime-lite/query/print/physical-name.ts'
import type { Dialect } from '../../config/config.ts'

/** Hands out names that are legal and distinct in one namespace of one database. Same calls, same names. */
export interface NameSpace {
  readonly claim: (name: string) => string
}

/**
 * PostgreSQL cuts names at 63 bytes without a word and MySQL refuses more than 64 characters, so longer names end in a hash
 * there. On SQLite every name stays as it is.
 */
export function createNameSpace(dialect: Dialect, kind: 'relation' | 'column' | 'constraint', taken: Iterable<string> = []): NameSpace {
  const used = new Set([...taken].map((name) => fold(dialect, name)))
  const legal = (name: string): string => {
    if (dialect === 'sqlite') return name
    return kind === 'constraint' ? plainName(name) : physicalName(dialect, name)
  }
  return {
    claim(name) {
      let candidate = legal(name)
      for (let attempt = 2; used.has(fold(dialect, candidate)); attempt++) candidate = hashed(name, `${name}\0${attempt}`)
      used.add(fold(dialect, candidate))
      return candidate
    },
  }
}

/** A readable name of letters, digits and `_` with at most 63 bytes; ends in a hash where something had to go. */
export function plainName(name: string): string {
  return PLAIN.test(name) ? name : hashed(name, name)
}

function hashed(name: string, seed: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_]+/g, '_').slice(0, MAX_NAME_BYTES - 9)
  return `${plain}_${createHash('sha256').update(seed).digest('hex').slice(0, 8)}`
}

/** Names that a database takes for one. */
function fold(dialect: Dialect, name: string): string {
  if (dialect === 'postgres') return name
  if (PLAIN.test(name)) return name.toLowerCase()
  // MySQL compares names with a collation that ignores case and accents, SQLite ignores the case of ASCII letters.
  return dialect === 'mysql'
    ? name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
    : name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

const PLAIN = /^[A-Za-z0-9_]{1,63}$/
