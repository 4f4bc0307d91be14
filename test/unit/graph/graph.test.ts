import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { escapeLabel, graphMermaid } from '../../../compiler/graph/graph-mermaid.ts'
import { graphText } from '../../../compiler/graph/graph-text.ts'
import { layoutGraph } from '../../../compiler/graph/layout-graph.ts'
import { flatGraph, HOSTILE, largeGraph, SMALL_GRAPH } from '../../support/plugin-graphs.ts'
import { createFolder } from '../cli/support.ts'

const NAMED = { ...SMALL_GRAPH, app: 'shop' }

/** The part of Mermaid's flowcharts that is written, line by line: ids, quoted labels without anything that means something, arrows. */
const LABEL = String.raw`"(?:[\p{L}\p{N} .\/,:@+-]|#\d+;)*"`
const LINES = [
  String.raw`%% [^\n]*`,
  'flowchart RL',
  String.raw`  subgraph g\d+ \[${LABEL}\]`,
  '  end',
  String.raw`    p\d+\[${LABEL}\]`,
  String.raw`  m\d+\(\[${LABEL}\]\):::absent`,
  String.raw`  o\d+\[\(${LABEL}\)\]`,
  String.raw`  [pmo]\d+ (?:-->|-\.->|==>|x--x|---|-\.-)\|${LABEL}\| [pm]\d+`,
  '  classDef absent stroke-dasharray: 4 4',
].map((line) => new RegExp(`^${line}$`, 'u'))

describe('a graph as text', () => {
  test('tells the order, ranges, conflicts, capabilities and hooks', () => {
    const text = graphText(NAMED)
    expect(text).toContain('  1. audit 1.0.0  audit.plugin.ts\n')
    expect(text).toContain('  report → charts <3 (optional) (not there)\n')
    expect(text).toContain('  audit with spy *\n')
    expect(text).toContain('entry (audit)\n  beforeCreate\n    1. number: audit, priority 10, audit.plugin.ts:7\n')
    expect(text).not.toContain('\u2028')
    expect(graphText({ ...NAMED, plugins: [], objects: [] })).toBe('shop has no plugins and no hooks.\n')
  })

  test.each([
    ['small', SMALL_GRAPH],
    ['large', largeGraph(200)],
  ])('as Mermaid: every line of the %s one is one of a flowchart', (_, graph) => {
    const lines = graphMermaid(graph).trimEnd().split('\n')
    expect(lines.filter((line) => !LINES.some((form) => form.test(line)))).toEqual([])
    // What arrows lead to is declared.
    const ids = new Set(lines.flatMap((line) => /^ +([pmo]\d+)[[(]/.exec(line)?.[1] ?? []))
    for (const line of lines) for (const [id] of line.replaceAll(/"[^"]*"/g, '').matchAll(/\b[pmo]\d+\b/g)) expect(ids).toContain(id)
  })

  test('labels of Mermaid hold nothing that means something', () => {
    expect(escapeLabel('a"b<c>;#')).toBe('a#34;b#60;c#62;#59;#35;')
    expect(escapeLabel(HOSTILE)).not.toMatch(/[<>"`\]\u2028%]/)
    expect(escapeLabel('größe 漢字 @acme/x ^1.0')).toBe('größe 漢字 @acme/x #94;1.0')
  })
})

describe('the layout', () => {
  test.each([
    ['deep', largeGraph(200)],
    ['flat', flatGraph(200)],
  ])('of a %s graph puts what is needed to the left, and nothing over anything else', (_, graph) => {
    const { nodes, edges, width, height } = layoutGraph(graph)
    for (const { x, y, ...box } of nodes) {
      expect(x - box.width / 2 >= 0 && y - box.height / 2 >= 0).toBe(true)
      expect(x + box.width / 2 <= width && y + box.height / 2 <= height).toBe(true)
    }
    // Neither is a line on a screen.
    expect(height / width).toBeLessThan(2)
    const at = new Map(nodes.map((node) => [node.id, node]))
    for (const { from, to } of edges) expect(at.get(to)!.x).toBeLessThan(at.get(from)!.x)
    for (const [index, a] of nodes.entries())
      for (const b of nodes.slice(index + 1))
        expect(Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2).toBe(true)
  })

  test('of nothing is empty', () => {
    const empty = { ...NAMED, plugins: [], groups: [], dependencies: [], conflicts: [], capabilities: [], objects: [] }
    expect(layoutGraph(empty)).toMatchObject({ nodes: [], edges: [], width: expect.any(Number) })
  })
})

describe('objectql graph', () => {
  const FILES = {
    'schemas/note.object.yml': 'name: note\nfields:\n  title: { type: text }\n',
    'schemas/audit.plugin.ts': `export default {
  name: 'audit', version: '1.2.0', provides: ['trail'],
  objects: { entry: { name: 'entry', fields: { what: { type: 'text' } } } },
  hooks: [{ name: 'trail', object: 'note', events: ['afterCreate'], handler: () => undefined }],
}
`,
    'schemas/report.plugin.ts': `export default { name: 'report', version: '1.0.0', dependencies: { audit: '^1.0.0' }, optionalDependencies: { charts: '*' }, requires: ['trail'], start() {}, middleware: [{ name: 'watch', on: ['create', 'update'], objects: ['note'], execute: (context, next) => next() }] }\n`,
    'schemas/note.hook.ts': `export default { beforeCreate: ({ data }: { data: { title?: string } }) => { data.title ??= 'note' } }\n`,
  }

  test('tells what was compiled, and writes files', async () => {
    const folder = createFolder(FILES)
    try {
      const { code, out } = await folder.run('graph', '--json')
      expect(code).toBe(0)
      const graph = JSON.parse(out)
      expect(graph.groups).toEqual([['audit'], ['report']])
      expect(graph.dependencies).toEqual([
        { from: 'report', to: 'audit', kind: 'required', range: '^1.0.0', isThere: true },
        { from: 'report', to: 'charts', kind: 'optional', range: '*', isThere: false },
        { from: 'report', to: 'audit', kind: 'capability', range: '*', capability: 'trail', isThere: true },
      ])
      expect(graph.objects).toEqual([
        { name: 'entry', plugin: 'audit', phases: [] },
        {
          name: 'note',
          phases: [
            { phase: 'around create, update', steps: [{ name: 'watch', plugin: 'report', origin: 'schemas/report.plugin.ts' }] },
            { phase: 'beforeCreate', steps: [{ name: 'note.beforeCreate', priority: 100, origin: 'schemas/note.hook.ts:1' }] },
            { phase: 'afterCreate', steps: [{ name: 'trail', plugin: 'audit', priority: 100, origin: 'schemas/audit.plugin.ts:4' }] },
          ],
        },
      ])
      const text = (await folder.run('graph')).out
      expect(text).toContain('  2. report 1.0.0')
      expect(text).toContain('around create, update\n    1. watch: report, middleware, schemas/report.plugin.ts')
      expect((await folder.run('graph', '--format', 'mermaid')).out).toContain('around create, update')
      const html = await folder.run('graph', '--format', 'html', '--out', 'docs/graph.html')
      expect([html.code, html.out, html.err]).toEqual([0, '', 'Wrote docs/graph.html.\n'])
      expect(readFileSync(join(folder.path, 'docs/graph.html'), 'utf8')).toContain('2 hooks, 1 middleware')
      expect((await folder.run('graph', '--out', 'schemas')).code).toBe(1)
      expect((await folder.run('graph', '--format', 'svg')).code).toBe(2)
      folder.write({ 'schemas/audit.plugin.ts': FILES['schemas/audit.plugin.ts'].replace('1.2.0', '2.0.0') })
      const failed = await folder.run('graph')
      expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('plugin/incompatible')])
    } finally {
      folder.remove()
    }
  })
})
