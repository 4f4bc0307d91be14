import type { GraphDependency, PluginGraph } from './plugin-graph.ts'

/** For people at a terminal. */
export function graphText(graph: PluginGraph): string {
  const { app, plugins, groups, dependencies, conflicts, capabilities, objects } = graph
  if (plugins.length === 0 && objects.length === 0) return `${shown(app)} has no plugins and no hooks.\n`
  const sections = [
    section(
      'Plugins, in the order they start',
      groups.flatMap((names, index) => names.map((name) => `${index + 1}. ${pluginLine(graph, name)}`)),
    ),
    section(
      'Dependencies',
      dependencies.map((dependency) => shown(dependencyText(dependency))),
    ),
    section(
      'Conflicts',
      conflicts.map(({ from, to, range }) => shown(`${from} with ${to} ${range}`)),
    ),
    section(
      'Capabilities',
      capabilities.map(({ name, provider = 'built in', requiredBy }) =>
        shown(`${name}: ${provider}${requiredBy.length === 0 ? '' : ` → ${requiredBy.join(', ')}`}`),
      ),
    ),
    ...objects.map(({ name, plugin = 'application', phases }) =>
      section(
        `${name} (${plugin})`,
        phases.flatMap(({ phase, steps }) => [phase, ...steps.map((step, index) => `  ${index + 1}. ${shown(stepText(step))}`)]),
      ),
    ),
  ]
  return sections.filter((text) => text !== '').join('\n')
}

function pluginLine({ plugins }: PluginGraph, name: string): string {
  const plugin = plugins.find((other) => other.name === name)
  return shown(`${name}${plugin?.version === undefined ? '' : ` ${plugin.version}`}  ${plugin?.origin ?? ''}`)
}

export const dependencyText = ({ from, to, kind, range, capability, isThere }: GraphDependency): string =>
  kind === 'capability'
    ? `${from} → ${to} (provides ${capability})`
    : `${from} → ${to} ${range}${kind === 'optional' ? ' (optional)' : ''}${isThere ? '' : ' (not there)'}`

export const stepText = ({ name, plugin, priority, origin }: PluginGraph['objects'][number]['phases'][number]['steps'][number]): string =>
  `${name}: ${plugin ?? 'application'}, ${priority === undefined ? 'middleware' : `priority ${priority}`}, ${origin}`

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${shown(title)}\n${lines.map((line) => `  ${line}\n`).join('')}`

/** Names may hold what moves the cursor of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal.
const shown = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '�')
