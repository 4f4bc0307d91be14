import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from './row.ts'
import { runCli } from './support/cli.ts'
import { generateApp } from './support/generate-app.ts'
import { median } from './support/numbers.ts'
import { isQuick, rounds } from './support/options.ts'
import { type NodeRun, runBareNode, runNode } from './support/run-node.ts'
import { tempFolder } from './support/temp-folder.ts'

type Module = 'ts' | 'js'

/**
 * Import and listen, then leave: CPU time of the whole process over that of bare node in the same round. The database file
 * exists and fits. Output as TypeScript (the default: node strips the types at each start) and as JavaScript.
 */
export async function run(): Promise<readonly Row[]> {
  const folder = tempFolder('startup')
  const sizes = isQuick ? [10, 100] : [10, 100, 1000]
  const variants = sizes.flatMap((size) => (['ts', 'js'] as const).map((module) => ({ size, module, runs: [] as NodeRun[] })))
  const scripts = new Map<(typeof variants)[number], string>()
  for (const variant of variants) {
    const { size, module } = variant
    scripts.set(variant, await prepare(join(folder, `${module}-${size}`), size, module, 'process.exit(0)'))
  }
  const nodeHttp = join(folder, 'node-http.js')
  writeFileSync(
    nodeHttp,
    `import { createServer } from 'node:http'\nimport 'node:sqlite'\ncreateServer(() => {}).listen(0, '127.0.0.1', () => process.exit(0))\n`,
  )

  const bare: NodeRun[] = []
  const http: NodeRun[] = []
  for (let round = 0; round < rounds * 2; round++) {
    bare.push(await runBareNode(folder))
    http.push(await runNode([nodeHttp], folder))
    for (const variant of variants) variant.runs.push(await runNode([scripts.get(variant) ?? ''], folder))
  }
  const over = (base: readonly NodeRun[], measured: readonly NodeRun[]): number =>
    median(measured.map((one, round) => one.cpuMs - (base[round]?.cpuMs ?? 0)))
  const of = (size: number, module: Module): readonly NodeRun[] =>
    variants.find((variant) => variant.size === size && variant.module === module)?.runs ?? []

  const rows: Row[] = [
    {
      name: 'bare node:http and node:sqlite over bare node, CPU',
      value: over(bare, http),
      unit: 'ms',
      note: `bare node ${median(bare.map((one) => one.cpuMs)).toFixed(1)} ms`,
    },
  ]
  for (const { size, module, runs } of variants) {
    const wall = median(runs.map((one) => one.wallMs)).toFixed(0)
    rows.push({
      name: `import + listen, ${size.toLocaleString('en-US')} objects, ${module === 'ts' ? 'TypeScript' : 'JavaScript'}, over bare node, CPU`,
      value: over(bare, runs),
      unit: 'ms',
      ...(size === 100 ? { target: 40, stretch: 15 } : {}),
      note: `over bare node:http ${over(http, runs).toFixed(1)} ms; wall ${wall} ms`,
    })
  }
  if (!isQuick) {
    rows.push({
      name: 'import + listen, 1,000 objects over 10, CPU',
      value: over(of(10, 'ts'), of(1000, 'ts')),
      unit: 'ms',
      target: 10,
      stretch: 5,
    })
  }
  return [...rows, await idleMemory(folder, 'ts'), await idleMemory(folder, 'js')]
}

/** Memory of a process that listens and has nothing to do, over bare node that waits. */
async function idleMemory(folder: string, module: Module): Promise<Row> {
  const idle = `setTimeout(() => { const { readFileSync } = process.getBuiltinModule('node:fs'); console.log(/VmRSS:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]); process.exit(0) }, 1500)`
  const script = await prepare(join(folder, `idle-${module}`), 500, module, idle)
  const waiting = join(folder, 'waiting.js')
  writeFileSync(waiting, `${idle}\n`)
  const bare: number[] = []
  const ours: number[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push(Number((await runNode([waiting], folder)).stdout) / 1024)
    ours.push(Number((await runNode([script], folder)).stdout) / 1024)
  }
  return {
    name: `idle memory, 500 objects, ${module === 'ts' ? 'TypeScript' : 'JavaScript'}, over bare node`,
    value: median(ours) - median(bare),
    unit: 'MB',
    target: 40,
    stretch: 25,
    note: `bare ${median(bare).toFixed(0)} MB, ours ${median(ours).toFixed(0)} MB`,
  }
}

async function prepare(app: string, size: number, module: Module, then: string): Promise<string> {
  generateApp(app, size)
  writeFileSync(join(app, 'objectql.config.ts'), `export default { name: 'bench', emit: { module: '${module}' } }\n`)
  await runCli(['compile'], app)
  const script = join(app, 'start.js')
  const start = (end: string): void =>
    writeFileSync(
      script,
      `import { serve } from 'objectql/rest'
import { createApp } from './generated/index.${module}'

const server = await serve(await createApp({ datasource: new URL('app.db', import.meta.url).pathname }), { port: 0, host: '127.0.0.1' })
${end}
`,
    )
  // The database exists, fits and was closed, as in production: the first start, which is not measured, creates it. Otherwise SQLite
  // would recover its log at each start.
  start('await server.close()')
  await runNode([script], app)
  start(then)
  return script
}
