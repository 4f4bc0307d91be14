import type * as pg from 'pg'

export type Pg = typeof pg

/** Loads the driver when it is needed first. @throws Error that says what to install when it is missing. */
export async function loadPg(load: () => Promise<unknown> = () => import('pg')): Promise<Pg> {
  try {
    const module = (await load()) as Pg & { readonly default?: Pg }
    return module.default ?? module
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new Error('PostgreSQL needs the package "pg", which is not installed. Run: npm install pg', { cause: error })
  }
}

/** The package itself is not there; one of its own modules missing is another matter. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND' && /['"]pg['"]/.test(error.message)
