import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Request } from './workloads.ts'

export interface ServerProcess {
  readonly url: string
  readonly pid: number
  /** Time all threads of the process spent on a processor so far. */
  cpuMs(): number
  stop(): Promise<void>
}

/** A benchmark that fails half-way leaves no server behind. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a server on the first core. It must print `listening <port>` when it is ready. */
export async function startServer(args: readonly string[], nodeOptions: readonly string[] = []): Promise<ServerProcess> {
  const child = spawn('taskset', ['-c', '0', process.execPath, ...nodeOptions, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = child.pid
  if (pid === undefined) throw new Error('taskset could not be started. It belongs to util-linux.')
  running.add(child)
  child.once('exit', () => running.delete(child))
  const port = await listeningPort(child, args)
  return { url: `http://127.0.0.1:${port}`, pid, cpuMs: () => cpuMsOf(pid), stop: () => stop(child) }
}

function listeningPort(child: ChildProcess, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
      const match = /listening (\d+)/.exec(output)
      if (match?.[1] !== undefined) resolve(match[1])
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`node ${args.join(' ')} ended with ${code} before it listened.`)))
  })
}

/** Nanoseconds from the scheduler, thread by thread: /proc/<pid>/stat only counts in hundredths of a second. */
function cpuMsOf(pid: number): number {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0]) / 1e6, 0)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await exited
  clearTimeout(timer)
}

export interface Load {
  readonly requests: number
  readonly seconds: number
  /** Connection errors, timeouts and answers of 400 and above. */
  readonly failed: number
  readonly p50Us: number
  readonly p99Us: number
}

const SCRIPT = join(import.meta.dirname, 'wrk.lua')

export function writeRequests(file: string, requests: readonly Request[]): void {
  writeFileSync(file, requests.map(({ method, path, body }) => `${method} ${path}\t${body ?? ''}\n`).join(''))
}

/** wrk on the second core: 32 connections, one thread. */
export async function load(url: string, requestFile: string, seconds: number): Promise<Load> {
  const child = spawn('taskset', ['-c', '1', 'wrk', '-t1', '-c32', `-d${seconds}s`, '-s', SCRIPT, url, '--', requestFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)])
  const result = /^RESULT (.*)$/m.exec(output)?.[1]
  if (result === undefined) throw new Error(`wrk did not run (Debian: apt-get install wrk).\n${complaint}${output}`)
  return JSON.parse(result) as Load
}
