export type Mysql2 = typeof import('mysql2')

/** Loads the driver when it is needed first. @throws Error that says what to install when it is missing. */
export async function loadMysql2(load: () => Promise<unknown> = () => import('mysql2')): Promise<Mysql2> {
  try {
    const module = (await load()) as Mysql2 & { readonly default?: Mysql2 }
    return module.default ?? module
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new Error('MySQL and MariaDB need the package "mysql2", which is not installed. Run: npm install mysql2', { cause: error })
  }
}

/** The package itself is not there; one of its own modules missing is another matter. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND' && /['"]mysql2['"]/.test(error.message)
