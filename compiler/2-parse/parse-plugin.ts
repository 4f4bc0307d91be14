import type { Node } from '../1-load/node.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Located } from '../source/span.ts'
import { parseMiddleware } from './parse-middleware.ts'
import { reportShape } from './read-attributes.ts'
import { pointerSpans, textOf, toJson } from './read-node.ts'
import type { Report } from './report.ts'
import { collectionsOf, memberOf, pluginName, type StackPart } from './stack-members.ts'
import type { PluginRequirementSyntax, PluginSyntax } from './syntax.ts'

/** What a plugin is and needs, from its manifest or the plugin itself, and which of its functions the kernel calls. */
export function parsePlugin(part: StackPart, report: Report): PluginSyntax | undefined {
  const { node } = part
  const name = pluginName(node)
  if (name === undefined) return undefined
  const manifest = memberOf(node, 'manifest')
  const member = (...spellings: readonly string[]): Node | undefined =>
    spellings.map((key) => memberOf(node, key) ?? memberOf(manifest, key)).find((found) => found !== undefined)
  const requirements = (...spellings: readonly string[]): readonly PluginRequirementSyntax[] => requirementsOf(member(...spellings), report)
  const version = member('version')
  const text = textOf(version)
  const named = memberOf(node, 'name') ?? memberOf(manifest, 'name') ?? memberOf(manifest, 'id')
  return {
    name: { value: name, span: named?.span ?? node.span },
    ...(version === undefined || text === undefined ? {} : { version: { value: text, span: version.span } }),
    dependencies: requirements('dependencies'),
    optionalDependencies: requirements('optionalDependencies', 'optional_dependencies'),
    conflicts: requirements('conflicts'),
    engines: requirements('engines'),
    provides: textsOf(member('provides')),
    requires: textsOf(member('requires')),
    ...(isFalse(member('hot')) ? { isCold: true } : {}),
    middleware: parseMiddleware(part, report),
    ...placeOf(part, report),
    body: toJson({
      kind: 'map',
      span: node.span,
      entries: collectionsOf(part).flatMap(({ kind, entry }) => (DESCRIPTIVE_KINDS.has(kind) ? [entry] : [])),
    }),
    spanOf: pointerSpans(node),
    span: node.span,
  }
}

/** What a plugin says about itself, as opposed to what it brings. */
const DESCRIPTIVE_KINDS: ReadonlySet<string> = new Set([
  ...['name', 'label', 'version', 'manifest', 'description', 'author', 'license', 'navigation', 'configSchema', 'config_schema'],
  ...['dependencies', 'optionalDependencies', 'optional_dependencies', 'conflicts', 'provides', 'requires', 'engines', 'hot'],
])

/** Spellings of what the kernel calls; the first that is there is called. */
const CALLED = {
  install: ['install', 'init', 'setup'],
  start: ['start', 'onStart', 'onEnable'],
  stop: ['stop', 'onStop', 'destroy', 'onDisable'],
  health: ['health', 'healthCheck'],
} as const

/** What the kernel reads. */
const READ = ['events', 'services'] as const

/** Where the plugin is, if the kernel has something to do with it. */
function placeOf({ node, path, exportPath, specifier }: StackPart, report: Report): Pick<PluginSyntax, 'place'> {
  const calls: { -readonly [Phase in keyof typeof CALLED]?: string } = {}
  for (const phase of ['install', 'start', 'stop', 'health'] as const)
    for (const key of CALLED[phase]) {
      const value = memberOf(node, key)
      // Members of a class are on its prototype.
      const isMethod = value === undefined && typeof Reflect.get(node.origin ?? {}, key) === 'function'
      if (value === undefined && !isMethod) continue
      if (value !== undefined && value.kind !== 'function') report(diagnose('plugin/not-a-function', value.span, { member: key }))
      else calls[phase] ??= key
    }
  const reads = READ.filter((key) => memberOf(node, key) !== undefined)
  if (Object.keys(calls).length === 0 && reads.length === 0) return {}
  return { place: { module: path, exportPath, ...(specifier === undefined ? {} : { specifier }), calls, reads } }
}

/** `{ name: range }`, `['name', 'name@range']`, `[{ name, version }]`. */
function requirementsOf(node: Node | undefined, report: Report): readonly PluginRequirementSyntax[] {
  if (node === undefined) return []
  if (node.kind === 'map')
    return node.entries.map(({ key, keySpan, value }) => ({
      name: { value: key, span: keySpan },
      range: { value: textOf(value)?.trim() || '*', span: value.span },
    }))
  if (node.kind !== 'list') {
    reportShape(node, 'Requirements of a plugin', 'a map of names and ranges, or a list of names', report)
    return []
  }
  return node.items.flatMap((item) => listedRequirement(item, report) ?? [])
}

function listedRequirement(item: Node, report: Report): PluginRequirementSyntax | undefined {
  if (item.kind === 'map') {
    const name = textOf(memberOf(item, 'name')) ?? textOf(memberOf(item, 'id'))
    const range = memberOf(item, 'version') ?? memberOf(item, 'range')
    if (name !== undefined)
      return { name: { value: name, span: item.span }, range: { value: textOf(range) ?? '*', span: range?.span ?? item.span } }
  }
  const text = textOf(item)
  if (text === undefined) {
    reportShape(item, 'A required plugin', 'its name', report)
    return undefined
  }
  // Names of packages may begin with "@".
  const at = text.indexOf('@', 1)
  const [name, range] = at < 0 ? [text, '*'] : [text.slice(0, at), text.slice(at + 1) || '*']
  return { name: { value: name, span: item.span }, range: { value: range, span: item.span } }
}

const isFalse = (node: Node | undefined): boolean => node !== undefined && toJson(node) === false

function textsOf(node: Node | undefined): readonly Located<string>[] {
  const items: readonly Node[] = node?.kind === 'list' ? node.items : node === undefined ? [] : [node]
  return items.flatMap((item) => {
    const text = textOf(item)
    return text === undefined ? [] : [{ value: text, span: item.span }]
  })
}
