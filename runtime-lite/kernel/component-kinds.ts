import type { DatabaseSync } from 'node:sqlite'
import type { AppManifest } from '../app/app-manifest.ts'
import type { SqlDriver } from '../database/session.ts'
import type { Plugin } from './plugin.ts'

/** A database behind a driver, or an open one of SQLite. */
export type DriverComponent = SqlDriver | DatabaseSync

/** What a kernel is made of: compiled applications (`manifest` of a generated index.ts), drivers, plugins whatever their configuration is. */
export type KernelComponent = AppManifest | DriverComponent | { readonly name: string }

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const hasMethods = (value: unknown, ...names: readonly string[]): boolean =>
  isObject(value) && names.every((name) => typeof value[name] === 'function')

/** What the compiler made of an application: `manifest` of the generated index.ts. */
export function isApplication(value: unknown): value is AppManifest {
  return (
    isObject(value) &&
    typeof value['contract'] === 'number' &&
    typeof value['name'] === 'string' &&
    isObject(value['objects']) &&
    isObject(value['schema']) &&
    hasMethods(value, 'registry')
  )
}

/** What `postgres()`, `mysql()` and `kyselyDriver()` make, or an open database of node:sqlite. */
export function isDriver(value: unknown): value is DriverComponent {
  if (!isObject(value)) return false
  const isRemote = hasMethods(value, 'transaction', 'execute', 'check', 'close') && isObject(value['session']) && isObject(value['dialect'])
  return isRemote || hasMethods(value, 'prepare', 'exec', 'close')
}

const CALLED = [
  'install',
  'init',
  'setup',
  'start',
  'onStart',
  'onEnable',
  'stop',
  'onStop',
  'destroy',
  'onDisable',
  'health',
  'healthCheck',
]
const SAID = [
  ...['version', 'dependencies', 'optionalDependencies', 'conflicts', 'engines', 'provides', 'requires', 'configSchema'],
  ...['middleware', 'hooks', 'objects'],
]

/** A plain object, or an instance of a class, with a name and something that plugins have. Neither an application nor a driver. */
export function isPlugin(value: unknown): value is Plugin {
  if (!isObject(value) || typeof value['name'] !== 'string' || value['name'] === '') return false
  if (isApplication(value) || isDriver(value)) return false
  return CALLED.some((name) => hasMethods(value, name)) || SAID.some((name) => name in value)
}
