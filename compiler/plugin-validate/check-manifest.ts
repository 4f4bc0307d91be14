import type { Document } from '../1-load/document.ts'
import type { MapNode } from '../1-load/node.ts'
import type { PluginSyntax } from '../2-parse/syntax.ts'
import { STACK_KEYS } from '../2-parse/tables/other-keys.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'

/** A name that packages, services and configurations can refer to: `audit`, `@acme/audit`, `com.acme.audit`. */
const NAME = /^(?:@[a-zA-Z0-9][\w.-]*\/)?[a-zA-Z](?:[\w.-]*[a-zA-Z0-9])?$/
const LONGEST_NAME = 100

interface Shape {
  readonly expected: string
  readonly fits: (value: unknown) => boolean
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTextByName = (value: unknown): boolean => isMap(value) && Object.values(value).every((one) => typeof one === 'string')

const TEXT: Shape = { expected: 'a text', fits: isText }
const NAMES: Shape = { expected: 'a list of names', fits: (value) => isText(value) || (Array.isArray(value) && value.every(isText)) }
const REQUIREMENTS: Shape = {
  expected: 'a map of names and ranges, or a list of names',
  fits: (value) =>
    isTextByName(value) ||
    (Array.isArray(value) &&
      value.every((one) => isText(one) || (isMap(one) && isText(Reflect.get(one, 'name') ?? Reflect.get(one, 'id'))))),
}

/** What is said about a plugin, and what it must look like. */
const SHAPES: { readonly [key: string]: Shape } = {
  name: TEXT,
  version: TEXT,
  label: TEXT,
  description: TEXT,
  license: TEXT,
  dependencies: REQUIREMENTS,
  optionalDependencies: REQUIREMENTS,
  optional_dependencies: REQUIREMENTS,
  conflicts: REQUIREMENTS,
  provides: NAMES,
  requires: NAMES,
  engines: { expected: 'a map of names and ranges', fits: isTextByName },
  hot: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
  configSchema: { expected: 'a JSON Schema', fits: isMap },
  config_schema: { expected: 'a JSON Schema', fits: isMap },
}

/** Names and types of what a plugin says about itself. Versions and ranges are read where plugins are put in order. */
export function checkManifest({ name, body, spanOf }: PluginSyntax): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  if (!NAME.test(name.value) || name.value.length > LONGEST_NAME)
    found.push(diagnose('plugin/invalid-name', name.span, { name: name.value }))
  for (const [key, { expected, fits }] of Object.entries(SHAPES)) {
    if (!isMap(body) || !Object.hasOwn(body, key)) continue
    const value: unknown = Reflect.get(body, key)
    if (!fits(value)) found.push(diagnose('parse/wrong-shape', spanOf(`/${key}`), { what: `"${key}"`, expected, actual: described(value) }))
  }
  return found
}

function described(value: unknown): string {
  if (value === null || value === '') return 'empty'
  if (Array.isArray(value)) return 'such a list'
  if (typeof value === 'object') return 'such a map'
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'a number' : String(value)
}

/** What a manifest of its own may have besides what a stack has. */
const MANIFEST_KEYS: readonly string[] = [
  ...Object.keys(SHAPES),
  ...['main', 'author', 'middleware', 'events', 'services', 'install', 'init', 'setup', 'start', 'onStart', 'onEnable', 'stop', 'onStop'],
  ...[
    'destroy',
    'onDisable',
    'health',
    'healthCheck',
    'homepage',
    'keywords',
    'icon',
    'id',
    'type',
    'namespace',
    'navigation',
    'contributes',
  ],
]

/** Keys of a manifest in a file that mean nothing. What code exports besides is nobody's business. */
export function checkManifestKeys(document: Document): readonly Diagnostic[] {
  const manifest: MapNode | undefined = document.format === 'module' ? document.manifest : undefined
  return (manifest?.entries ?? []).flatMap(({ key, keySpan, value }) => {
    if (/^(?:x-|_|\$)/.test(key) || MANIFEST_KEYS.includes(key) || STACK_KEYS.find(key) !== undefined) return []
    const suggestion = didYouMean({ name: key, candidates: [...MANIFEST_KEYS, ...STACK_KEYS.names], span: keySpan })
    // Views, dashboards and the like are kept for the registry.
    if (value.kind === 'list' && suggestion.fixes === undefined) return []
    return [diagnose('parse/unknown-key', keySpan, { key, what: 'a plugin manifest' }, suggestion)]
  })
}
