import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { VERSION } from '../../../compiler/version.ts'

const BIN = fileURLToPath(new URL('../../../compiler/cli/bin.js', import.meta.url))

/** Runs the command with a Node that says it is another version. */
function runOn(version: string) {
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`
  return spawnSync(process.execPath, ['--import', pretend, BIN, '--version'], { encoding: 'utf8' })
}

test.each(['18.20.1', '20.20.2', '22.17.9'])('Node %s is too old, and is told so in one line', (version) => {
  const { status, stdout, stderr } = runOn(version)
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toBe(`objectql needs Node.js 22.18 or newer; this is ${version}. Install a newer one from https://nodejs.org.\n`)
})

test.each(['22.18.0', '24.0.0', '26.1.0'])('Node %s will do', (version) => {
  expect(runOn(version)).toMatchObject({ status: 0, stdout: `${VERSION}\n`, stderr: '' })
})
