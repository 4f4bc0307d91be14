import { posix } from 'node:path'
import { type Code, code, type Hole, lines, NOTHING, raw, sym, typeSym } from '../../code/code.ts'
import { propertyAccess, propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { AppIr } from '../../ir/object.ts'
import type { PluginIr } from '../../ir/plugin.ts'
import { fileHeader } from '../file-header.ts'
import { inComment } from '../objects/js-doc.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'
import { createPluginImports, type PluginImports } from './plugin-imports.ts'

/** Of a line behind `  code: `, with its comma. */
const WIDTH = 140 - '  code: ,'.length

const RUNTIME = 'objectql/runtime/kernel'

/** `kernel.ts`: what plugins do when the application starts and stops, as a list of calls. Absent where none does anything. */
export const kernelTarget: Target = {
  name: 'kernel',
  emit: (app, _config, context): readonly OutputFile[] => (hasKernel(app) ? [{ path: 'kernel.ts', text: kernelModule(app, context) }] : []),
}

export const hasKernel = ({ plugins }: AppIr): boolean => plugins.some(({ place }) => place !== undefined)

function kernelModule({ plugins }: AppIr, { output = 'generated' }: EmitContext): string {
  const imports = createPluginImports(posix.normalize(output))
  const phases = (['install', 'start', 'stop'] as const).map((phase) => phaseCode(phase, plugins, imports))
  const health = healthCode(plugins, imports)
  const called = plugins.filter(({ place }) => Object.keys(place?.calls ?? {}).length > 0)
  return sourceText({
    header: [fileHeader(), ...imports.statements()].join('\n'),
    body: code`
${lines(imports.constants(sym('pluginOf', RUNTIME)))}

/**
 * Plugins in the order they start:
 ${lines(groupsOf(plugins).map((group, index) => raw(`* ${index + 1}. ${inComment(group.map(described).join('; '))}`)))}
 */
export const kernel: ${typeSym('KernelPlan', RUNTIME)} = {
  plugins: ${raw(prettyLiteral(plugins.map(factsOf), { used: 'plugins: ,'.length, margin: 2 }))},
  ${called.length === 0 ? NOTHING : code`code: ${raw(codeOf(called, imports))},`}
  ${lines(phases)}
  ${health}
}
`,
  })
}

/** Plugins that start side by side, in the order of the groups. */
function groupsOf(plugins: readonly PluginIr[]): readonly (readonly PluginIr[])[] {
  const groups: PluginIr[][] = []
  for (const plugin of plugins) {
    const last = groups.at(-1)
    if (last?.[0]?.group === plugin.group) last.push(plugin)
    else groups.push([plugin])
  }
  return groups
}

/** `reminders 1.0.0 (needs audit ^1.0.0)` */
function described({ name, version, dependencies, requires }: PluginIr): string {
  const needs = [...dependencies.map((needed) => `${needed.name} ${needed.range}`), ...requires]
  return `${name}${version === undefined ? '' : ` ${version}`}${needs.length === 0 ? '' : ` (needs ${needs.join(', ')})`}`
}

function factsOf({ name, version, dependencies, optionalDependencies, requires, provides, isCold, config }: PluginIr): object {
  const needed = [...dependencies, ...optionalDependencies]
  return {
    name,
    version,
    dependencies: needed.length === 0 ? undefined : needed,
    requires: requires.length === 0 ? undefined : requires,
    provides: provides.length === 0 ? undefined : provides,
    hot: isCold ? false : undefined,
    config: typeof config === 'object' && config !== null && Object.keys(config).length === 0 ? undefined : config,
  }
}

/** `{ audit, 'rate-limit': rateLimit }` */
function codeOf(plugins: readonly PluginIr[], imports: PluginImports): string {
  const members = plugins.map((plugin) => {
    const [key, name] = [propertyKey(plugin.name), imports.nameOf(plugin)]
    return key === name ? name : `${key}: ${name}`
  })
  const line = `{ ${members.join(', ')} }`
  return line.length <= WIDTH ? line : `{\n${members.map((member) => `    ${member},`).join('\n')}\n  }`
}

function phaseCode(phase: 'install' | 'start' | 'stop', plugins: readonly PluginIr[], imports: PluginImports): Hole {
  const called = plugins.filter(({ place }) => place?.calls[phase] !== undefined)
  if (called.length === 0) return NOTHING
  const groups = groupsOf(called)
  const inOrder = phase === 'stop' ? groups.toReversed() : groups
  const calls = inOrder.map((group) => group.map((plugin) => callCode(plugin, phase, imports)))
  const together = calls.some((group) => group.length > 1)
  return code`
async ${raw(phase)}(${raw(together ? '{ call, together }' : '{ call }')}) {
  ${lines(calls.map(groupCode))}
},
`
}

function groupCode(calls: readonly Code[]): Code {
  const [only] = calls
  if (calls.length === 1 && only) return code`await ${only}`
  return code`
await together(
  ${lines(calls.map((call) => code`${call},`))}
)
`
}

const callCode = (plugin: PluginIr, phase: 'install' | 'start' | 'stop', imports: PluginImports): Code =>
  code`call(${plugin.name}, (context) => ${raw(`${imports.nameOf(plugin)}${propertyAccess(plugin.place?.calls[phase] ?? '')}`)}(context))`

function healthCode(plugins: readonly PluginIr[], imports: PluginImports): Hole {
  const asked = plugins.flatMap((plugin) => {
    const member = plugin.place?.calls.health
    if (member === undefined) return []
    return [code`${raw(propertyKey(plugin.name))}: (context) => ${raw(`${imports.nameOf(plugin)}${propertyAccess(member)}`)}(context),`]
  })
  if (asked.length === 0) return NOTHING
  return code`
health: {
  ${lines(asked)}
},
`
}
