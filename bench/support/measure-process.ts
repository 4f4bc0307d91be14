import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

export interface ProcessUsage {
  /** User plus system time, all threads. */
  readonly cpuMs: number
  readonly peakMb: number
}

const TIME = '/usr/bin/time'

/** Undefined where GNU time is missing: node cannot tell what a program used that takes its place (`execve`), as TypeScript 7 does. */
export const canMeasureProcesses: boolean = existsSync(TIME)

/** Runs node with a script to its end. @throws when the script fails. */
export function measureProcess(args: readonly string[], cwd: string): ProcessUsage {
  const { status, stdout, stderr } = spawnSync(TIME, ['-f', '%U %S %M', process.execPath, ...args], { cwd, encoding: 'utf8' })
  const [user, system, peakKb] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  if (status !== 0 || user === undefined || system === undefined || peakKb === undefined)
    throw new Error(`node ${args.join(' ')} failed:\n${stdout}${stderr}`)
  return { cpuMs: (user + system) * 1000, peakMb: peakKb / 1024 }
}
