import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from '../../../compiler/7-write/lock.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'objectql-lock-'))
  path = join(folder, 'state', 'compile.lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Runs a snippet in a Node of its own and answers its output. */
function run(source: string): Promise<{ readonly pid: number; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.on('close', () => resolve({ pid: child.pid ?? 0, output }))
  })
}

const MODULE = JSON.stringify(new URL('../../../compiler/7-write/lock.ts', import.meta.url).href)

test('calls in one process take turns', async () => {
  const log: string[] = []
  const job = (name: string) =>
    withLock(path, { timeoutMs: 5_000, pollMs: 2 }, async () => {
      log.push(`+${name}`)
      await pause(10)
      log.push(`-${name}`)
    })
  await Promise.all([job('a'), job('b'), job('c')])
  expect(log.join('')).toMatch(/^\+(\w)-\1\+(\w)-\2\+(\w)-\3$/)
  expect(existsSync(path)).toBe(false)
})

test('processes take turns: a counter in a file loses no step', async () => {
  const counter = join(folder, 'counter')
  writeFileSync(counter, '0')
  const source = `
    import { withLock } from ${MODULE}
    import { readFileSync, writeFileSync } from 'node:fs'
    for (let turn = 0; turn < 20; turn++) {
      const result = await withLock(${JSON.stringify(path)}, { timeoutMs: 20_000, pollMs: 1 }, async () => {
        const value = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'))
        await new Promise((resolve) => setTimeout(resolve, 1))
        writeFileSync(${JSON.stringify(counter)}, String(value + 1))
      })
      if (!result.ok) throw new Error('timed out')
    }`
  await Promise.all([run(source), run(source), run(source)])
  expect(readFileSync(counter, 'utf8')).toBe('60')
})

test('many processes find the lock of a dead one: one after the other gets it', async () => {
  const dead = await run('')
  await withLock(path, { timeoutMs: 0 }, async () => {})
  writeFileSync(path, JSON.stringify({ pid: dead.pid, machine: hostname(), started: 1 }))
  const log = join(folder, 'log')
  writeFileSync(log, '')
  const source = `
    import { withLock } from ${MODULE}
    import { appendFileSync } from 'node:fs'
    await withLock(${JSON.stringify(path)}, { timeoutMs: 20_000, pollMs: 1 }, async () => {
      appendFileSync(${JSON.stringify(log)}, '+')
      await new Promise((resolve) => setTimeout(resolve, 5))
      appendFileSync(${JSON.stringify(log)}, '-')
    })`
  await Promise.all([run(source), run(source), run(source), run(source)])
  expect(readFileSync(log, 'utf8')).toBe('+-+-+-+-')
})

test('a lock that stays is reported with the id of its holder', async () => {
  await withLock(path, { timeoutMs: 0 }, async () => {})
  writeFileSync(path, JSON.stringify({ pid: process.ppid, machine: hostname(), started: 1 }))
  expect(await withLock(path, { timeoutMs: 40, pollMs: 5 }, async () => 1)).toEqual({ ok: false, pid: process.ppid, path })
})

test('a lock left by an earlier process with our own id is taken over', async () => {
  await withLock(path, { timeoutMs: 0 }, async () => {})
  writeFileSync(path, JSON.stringify({ pid: process.pid, machine: hostname(), started: 1 }))
  expect(await withLock(path, { timeoutMs: 1_000, pollMs: 5 }, async () => 7)).toEqual({ ok: true, value: 7 })
})

test('a failing action frees the lock', async () => {
  await expect(withLock(path, { timeoutMs: 0 }, () => Promise.reject(new Error('x')))).rejects.toThrow('x')
  expect(await withLock(path, { timeoutMs: 0 }, async () => 1)).toEqual({ ok: true, value: 1 })
})

test('where no lock file can be made, the action runs all the same', async () => {
  writeFileSync(join(folder, 'state'), 'a file, not a folder')
  expect(await withLock(path, { timeoutMs: 0 }, async () => 'done')).toEqual({ ok: true, value: 'done' })
})
