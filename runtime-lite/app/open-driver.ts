import type { SqlDriver } from '../database/session.ts'

/** A pool for `postgres://…` or `mysql://…`, whose drivers are loaded only then. @throws Error when the database cannot be used, without secrets. */
export async function openDriver(url: string): Promise<SqlDriver> {
  if (/^postgres(?:ql)?:/i.test(url)) return (await import('../postgres/index.ts')).postgres(url)
  if (/^(?:mysql|mariadb):/i.test(url)) return (await import('../mysql/index.ts')).mysql(url)
  throw new Error(`The datasource "${schemeOf(url)}" is not known. Use "sqlite:./file.db", "postgres://…" or "mysql://…".`)
}

// What follows may hold a password.
const schemeOf = (url: string): string => `${url.split(':', 1)[0]?.slice(0, 32)}:…`
