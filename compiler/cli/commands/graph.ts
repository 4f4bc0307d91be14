import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describeFailure } from '../../7-write/describe-failure.ts'
import { hasErrors } from '../../diagnostics/sort-diagnostics.ts'
import { type PluginGraph, pluginGraph } from '../../graph/plugin-graph.ts'
import { fromProjectPath } from '../../host/project-path.ts'
import { compile } from '../../index.ts'
import type { AppIr, HookIr } from '../../ir/object.ts'
import { createLineIndex, type LineIndex } from '../../source/line-index.ts'
import type { ExitCode } from '../main.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import type { CommonOptions } from '../program.ts'
import type { Terminal } from '../terminal.ts'

export type GraphFormat = 'text' | 'json' | 'mermaid' | 'html'

export interface GraphOptions extends CommonOptions {
  readonly format?: GraphFormat
  readonly out?: string
}

/** `objectql graph`: plugins, what they need of each other, and where their hooks run. */
export async function runGraph(options: GraphOptions, terminal: Terminal): Promise<ExitCode> {
  const { cwd } = terminal
  const { config, out } = options
  const compiled = await compile({ cwd, ...(config === undefined ? {} : { config }), dump: 'ir', useRecord: false })
  if (!compiled.isOk || hasErrors(compiled.diagnostics)) {
    await printDiagnostics(compiled, options, terminal)
    return 1
  }
  const format = options.format ?? (options.json === true ? 'json' : 'text')
  const text = await print(pluginGraph(compiled.dump as AppIr, linesOf(compiled.root)), format)
  if (out === undefined) {
    terminal.out(text)
    return 0
  }
  const target = resolve(cwd, out)
  try {
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
  } catch (error) {
    terminal.err(`error: ${describeFailure(error)}\n`)
    return 1
  }
  terminal.err(`Wrote ${out}.\n`)
  return 0
}

/** What draws is loaded for those who want a drawing. */
async function print(graph: PluginGraph, format: GraphFormat): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(graph)}\n`
    case 'text':
      return (await import('../../graph/graph-text.ts')).graphText(graph)
    case 'mermaid':
      return (await import('../../graph/graph-mermaid.ts')).graphMermaid(graph)
    case 'html':
      return (await import('../../graph/graph-html.ts')).graphHtml(graph)
    default:
      return format satisfies never
  }
}

function linesOf(root: string): (hook: HookIr) => number {
  const indexes = new Map<string, LineIndex>()
  return ({ span: { path, start } }) => {
    const index = indexes.get(path) ?? createLineIndex(readFileSync(fromProjectPath(root, path), 'utf8'))
    indexes.set(path, index)
    return index.positionAt(start).line
  }
}
