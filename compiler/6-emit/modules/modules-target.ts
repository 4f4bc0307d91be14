import { posix } from 'node:path'
import { SOURCE } from '../../behaviour/copy-path.ts'
import { relativePath } from '../../behaviour/relative-path.ts'
import type { ModuleIr } from '../../ir/handler.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import type { PluginIr } from '../../ir/plugin.ts'
import { fileHeader } from '../file-header.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'

/** `modules/…`: copies of modules of hooks, actions and validators that Node would not load as they are. */
export const modulesTarget: Target = { name: 'modules', emit: emitModules }

function emitModules(
  { modules = [], objects, plugins, auth }: AppIr,
  _config: unknown,
  { output = 'generated' }: EmitContext,
): readonly OutputFile[] {
  return modules.flatMap((module) => [
    { path: module.path, text: moduleText(module, output) },
    {
      path: module.path.replace(/\.mjs$/, '.d.mts'),
      text: declarations(module, objects, plugins, auth?.module === module.source ? auth.exportName : undefined),
    },
  ])
}

function moduleText({ source, path, code, mappings }: ModuleIr, output: string): string {
  const folder = posix.dirname(posix.join(output, path))
  const imported = code.replaceAll(new RegExp(`"${SOURCE}([^"\\n]+)"`, 'g'), (_all, target: string) =>
    JSON.stringify(relativePath(folder, target)),
  )
  // The header takes the first line: the map begins with an empty one.
  const map = { version: 3, sources: [relativePath(folder, source)], names: [], mappings: `;${mappings}` }
  const comment =
    mappings === '' ? '' : `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`
  return `${fileHeader(source)}\n${imported.trimEnd()}\n${comment}`
}

/** What hooks, actions, rules, the kernel and `createApp` take from it. Its own types are in the source. */
function declarations(
  { source }: ModuleIr,
  objects: readonly ObjectIr[],
  plugins: readonly PluginIr[],
  authenticate: string | undefined,
): string {
  const started = plugins.flatMap(({ place }) => (place?.module === source ? [place.exportPath] : []))
  const called = objects.flatMap(({ hooks, actions, compiledRules = [] }) => [
    ...compiledRules.flatMap((rule) =>
      rule.kind === 'validator' && rule.by.kind === 'function' && rule.by.module === source ? [rule.by.exportPath ?? ''] : [],
    ),
    ...hooks.flatMap((hook) =>
      hook.module === source ? [hook.exportPath, ...(hook.condition?.kind === 'function' ? [hook.condition.exportPath] : [])] : [],
    ),
    ...actions.flatMap((action) => (action.module === source ? [action.exportPath ?? ''] : [])),
  ])
  const taken = authenticate === undefined ? [] : [authenticate]
  const roots = [...new Set([...called, ...started, ...taken].map((path) => /^[^.[]+/.exec(path)?.[0] ?? ''))]
  const lines = roots
    .filter((root) => root !== '')
    .sort()
    .map((root) => {
      const type = root === authenticate ? "import('objectql/runtime').Authenticate" : 'unknown'
      return root === 'default' ? `declare const exported: ${type}\nexport default exported` : `export declare const ${root}: ${type}`
    })
  return `${fileHeader(source)}\n${lines.length === 0 ? 'export {}' : lines.join('\n')}\n`
}
