import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Dialect } from '../config/config.ts'
import { renderPretty } from '../diagnostics/render-pretty.ts'
import { hasErrors } from '../diagnostics/sort-diagnostics.ts'
import { compile } from '../index.ts'
import type { AppIr } from '../ir/object.ts'
import type { ObjectDefinition } from '../spec/definitions.ts'
import { HarnessError } from './harness-error.ts'
import type { PluginFaults } from './plugin-faults.ts'
import { type HookCall, recordedPlugin } from './recorded-plugin.ts'

export interface AddedPlugin {
  /** A plugin, or where the module is whose default export is one. */
  readonly plugin: object | string | URL
  readonly config: object | undefined
}

export interface ProjectParts {
  readonly plugins: readonly AddedPlugin[]
  readonly objects: readonly ObjectDefinition[]
  readonly dialect: Dialect
  /** Folder below which generated code finds the packages it imports. */
  readonly cwd: string
  /** Gets each call of a hook. */
  readonly calls: HookCall[]
  readonly faults: PluginFaults
  /** Absolute paths of seed files. */
  readonly seeds: readonly string[]
}

export interface CompiledProject {
  readonly folder: string
  /** Absolute path of the module with `createApp`. */
  readonly entry: string
  readonly app: AppIr
  remove(): void
}

/** Plugins and objects that modules of temporary folders give out, by folder. */
const VALUES = Symbol.for('objectql.plugin-testing')

type Values = Map<string, readonly object[]>

function values(): Values {
  const known: unknown = Reflect.get(globalThis, VALUES)
  if (known instanceof Map) return known
  const made: Values = new Map()
  Reflect.set(globalThis, VALUES, made)
  return made
}

/** Writes a project into a folder of its own and compiles it. @throws HarnessError with everything that does not fit together. */
export async function compileHarnessProject({
  plugins,
  objects,
  dialect,
  cwd,
  calls,
  faults,
  seeds,
}: ProjectParts): Promise<CompiledProject> {
  const given = await Promise.all(plugins.map(async ({ plugin, config }) => ({ plugin: await loaded(plugin, cwd), config })))
  const recorded = given.map(({ plugin }) => recordedPlugin(plugin, calls, faults))
  const [missing] = faults.missing(['hook', 'action', 'middleware'])
  if (missing !== undefined) throw new TypeError(missing)
  mkdirSync(join(cwd, '.objectql'), { recursive: true })
  const folder = mkdtempSync(join(cwd, '.objectql', 'testing-'))
  const all = [...recorded, ...objects]
  values().set(folder, all)
  const remove = (): void => {
    values().delete(folder)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    mkdirSync(join(folder, 'schemas'))
    const write = (path: string, text: string): void => writeFileSync(join(folder, path), text)
    const valueModule = (index: number): string =>
      `export default globalThis[Symbol.for('objectql.plugin-testing')].get(${JSON.stringify(folder)})[${index}]\n`
    for (const [index, { plugin }] of given.entries()) write(`schemas/${fileOf(plugin, index)}.plugin.js`, valueModule(index))
    for (const [index, object] of objects.entries())
      if (isPlain(object)) write(`schemas/${object.name}.object.json`, `${JSON.stringify(object, undefined, 2)}\n`)
      else write(`schemas/${object.name}.object.js`, valueModule(given.length + index))
    write('package.json', '{ "type": "module" }\n')
    const seedPaths = seeds.map((path) => relative(folder, path).replaceAll('\\', '/'))
    const { isOk, diagnostics, output, textOf, dump } = await compileFolder(folder, { plugins: given, dialect, seeds: seedPaths })
    if (!isOk || hasErrors(diagnostics) || diagnostics.some(({ code, span }) => LOST.has(code) && seedPaths.includes(span.path)))
      throw new HarnessError(diagnostics, renderPretty(diagnostics, textOf, { limit: Number.POSITIVE_INFINITY }))
    return { folder, entry: join(output, 'index.ts'), app: dump as AppIr, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** Warnings elsewhere: a fixture that is not written as it stands is a mistake. */
const LOST: ReadonlySet<string> = new Set(['link/unattached', 'link/unknown-seed-field', 'link/unknown-seed-key'])

type LoadedPlugin = AddedPlugin & { readonly plugin: object }

interface CompiledParts extends Pick<ProjectParts, 'dialect' | 'seeds'> {
  readonly plugins: readonly LoadedPlugin[]
}

async function compileFolder(folder: string, { plugins, dialect, seeds }: CompiledParts) {
  const told = plugins.filter(({ config }) => config !== undefined).map(({ plugin, config }) => [nameOf(plugin), config] as const)
  writeFileSync(
    join(folder, 'objectql.config.json'),
    JSON.stringify(
      { name: 'harness', input: ['schemas', ...seeds], dialects: [...new Set(['sqlite', dialect])], plugins: Object.fromEntries(told) },
      undefined,
      2,
    ),
  )
  const written = await compile({ cwd: folder })
  if (!written.isOk || hasErrors(written.diagnostics)) return written
  const { dump } = await compile({ cwd: folder, dump: 'ir', useRecord: false })
  return { ...written, dump }
}

/** @throws TypeError when the module has no plugin as default export. */
async function loaded(plugin: AddedPlugin['plugin'], cwd: string): Promise<object> {
  if (typeof plugin !== 'string' && !(plugin instanceof URL)) return plugin
  const path = pathOf(plugin, cwd)
  const module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { readonly default?: unknown }
  if (typeof module.default !== 'object' || module.default === null) throw new TypeError(`The default export of ${path} is no plugin.`)
  return module.default
}

/** Of a path below a folder, or a URL. */
export const pathOf = (place: string | URL, cwd: string): string =>
  String(place).startsWith('file:') ? fileURLToPath(place) : resolve(cwd, String(place))

const nameOf = (plugin: object): string => String(Reflect.get(plugin, 'name'))

const fileOf = (plugin: object, index: number): string => `p${index}-${nameOf(plugin).replaceAll(/[^\w-]+/g, '-')}`

/** Nothing gets lost on the way through JSON. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol' && value !== undefined
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return false
  return Object.values(value).every(isPlain)
}
