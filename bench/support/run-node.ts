import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const HOOK = join(import.meta.dirname, 'usage-hook.cjs')

export interface NodeRun {
  /** User plus system time of the whole process, all its threads. */
  readonly cpuMs: number
  readonly wallMs: number
  readonly peakMb: number
  readonly stdout: string
}

/** Runs node to its end and says what it used. @throws when it fails. */
export async function runNode(args: readonly string[], cwd: string): Promise<NodeRun> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--require', HOOK, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, CI: '', NO_COLOR: '1' },
  })
  const exit = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const [, out, err, usagePipe] = child.stdio
  const [stdout = '', stderr = '', usage = ''] = await Promise.all(
    [out, err, usagePipe].map((pipe) => (pipe ? text(pipe as NodeJS.ReadableStream) : '')),
  )
  const code = await exit
  const wallMs = performance.now() - started
  if (code !== 0) throw new Error(`node ${args.join(' ')} exited with ${code}:\n${stderr}${stdout}`)
  return { ...(JSON.parse(usage) as { cpuMs: number; peakMb: number }), wallMs, stdout }
}

/** `node -e 0`: what every cold figure is compared with. */
export const runBareNode = (cwd: string): Promise<NodeRun> => runNode(['-e', '0'], cwd)
