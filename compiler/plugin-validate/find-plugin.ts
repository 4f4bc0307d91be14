import type { Host } from '../host/host.ts'
import { fromProjectPath } from '../host/project-path.ts'

/** What is to be validated. */
export interface FoundPlugin {
  /** Absolute path of the folder that everything is relative to. */
  readonly root: string
  /** Inputs, relative to `root`. */
  readonly inputs: readonly string[]
  readonly isPackage: boolean
}

const PLUGIN_FILE = /\.plugin\.[cm]?[jt]s$/
const MANIFEST = /^plugin\.(?:json|ya?ml)$/
const MODULE = /\.(?:[cm]?[jt]s|json|ya?ml)$/

/**
 * The plugin at a path: a file, or a folder with a package.json that has a key `objectql`, a manifest, or `*.plugin.ts` files. Undefined: there is nothing at the path.
 * Without inputs: there is no plugin.
 */
export function findPlugin(host: Host, path: string): FoundPlugin | undefined {
  const names = host.list(path)
  if (names === undefined) {
    if (!host.exists(path)) return undefined
    const root = fromProjectPath(path, '..')
    const name = path.split(/[\\/]/).findLast((part) => part !== '') ?? ''
    return { root, inputs: MODULE.test(name) ? [name] : [], isPackage: name === 'package.json' }
  }
  if (names.includes('package.json') && saysPlugin(host.readText(fromProjectPath(path, 'package.json')) ?? ''))
    return { root: path, inputs: ['package.json'], isPackage: true }
  const manifests = names.filter((name) => MANIFEST.test(name))
  return { root: path, inputs: manifests.length > 0 ? manifests : names.filter((name) => PLUGIN_FILE.test(name)), isPackage: false }
}

/** A package.json that cannot be read is told to be so. */
function saysPlugin(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return typeof value === 'object' && value !== null && Object.hasOwn(value, 'objectql')
  } catch {
    return true
  }
}
