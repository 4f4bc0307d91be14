import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from './row.ts'
import { runCli } from './support/cli.ts'
import { generateApp } from './support/generate-app.ts'
import { median } from './support/numbers.ts'
import { isQuick, rounds } from './support/options.ts'
import { type NodeRun, runBareNode, runNode } from './support/run-node.ts'
import { tempFolder } from './support/temp-folder.ts'

/** Import and listen, then leave. CPU time of the whole process over that of bare node in the same round. */
export async function run(): Promise<readonly Row[]> {
  const folder = tempFolder('startup')
  const sizes = isQuick ? [10, 100] : [10, 100, 1000]
  const scripts = new Map<number, string>()
  for (const size of sizes) scripts.set(size, await prepare(join(folder, `app-${size}`), size, 'process.exit(0)'))
  const nodeHttp = join(folder, 'node-http.ts')
  writeFileSync(
    nodeHttp,
    `import { createServer } from 'node:http'\nimport 'node:sqlite'\ncreateServer(() => {}).listen(0, '127.0.0.1', () => process.exit(0))\n`,
  )

  const bare: NodeRun[] = []
  const http: NodeRun[] = []
  const runs = new Map<number, NodeRun[]>(sizes.map((size) => [size, []]))
  for (let round = 0; round < rounds * 2; round++) {
    bare.push(await runBareNode(folder))
    http.push(await runNode([nodeHttp], folder))
    for (const size of sizes) runs.get(size)?.push(await runNode([scripts.get(size) ?? ''], folder))
  }
  const over = (base: readonly NodeRun[], measured: readonly NodeRun[]): number =>
    median(measured.map((one, round) => one.cpuMs - (base[round]?.cpuMs ?? 0)))
  const of = (size: number): readonly NodeRun[] => runs.get(size) ?? []
  const note = (size: number): string =>
    `wall ${median(of(size).map((one) => one.wallMs)).toFixed(0)} ms; over bare node:http + node:sqlite ${over(http, of(size)).toFixed(1)} ms CPU`
  const rows: Row[] = sizes.map((size) => ({
    name: `import + listen, ${size.toLocaleString('en-US')} objects over bare node, CPU`,
    value: over(bare, of(size)),
    unit: 'ms',
    ...(size === 100 ? { target: 40, stretch: 15 } : {}),
    note: note(size),
  }))
  rows.push({
    name: 'bare node:http + node:sqlite over bare node, CPU',
    value: over(bare, http),
    unit: 'ms',
    note: `bare node ${median(bare.map((one) => one.cpuMs)).toFixed(1)} ms`,
  })
  if (!isQuick)
    rows.push({ name: 'import + listen, 1,000 objects over 10, CPU', value: over(of(10), of(1000)), unit: 'ms', target: 10, stretch: 5 })
  return [...rows, await idleMemory(folder)]
}

/** Memory of a process that listens and has nothing to do, over bare node that waits. */
async function idleMemory(folder: string): Promise<Row> {
  const idle = `setTimeout(() => { const { readFileSync } = process.getBuiltinModule('node:fs'); console.log(/VmRSS:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]); process.exit(0) }, 1500)`
  const script = await prepare(join(folder, 'app-500'), 500, idle)
  const waiting = join(folder, 'waiting.ts')
  writeFileSync(waiting, `${idle}\n`)
  const bare: number[] = []
  const ours: number[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push(Number((await runNode([waiting], folder)).stdout) / 1024)
    ours.push(Number((await runNode([script], folder)).stdout) / 1024)
  }
  return {
    name: 'idle memory, 500 objects over bare node',
    value: median(ours) - median(bare),
    unit: 'MB',
    target: 40,
    stretch: 25,
    note: `bare ${median(bare).toFixed(0)} MB, ours ${median(ours).toFixed(0)} MB`,
  }
}

async function prepare(app: string, size: number, then: string): Promise<string> {
  generateApp(app, size)
  await runCli(['compile'], app)
  const script = join(app, 'start.ts')
  writeFileSync(
    script,
    `import { serve } from 'objectql/rest'
import { createApp } from './generated/index.ts'

await serve(createApp({ datasource: ':memory:' }), { port: 0, host: '127.0.0.1' })
${then}
`,
  )
  return script
}
