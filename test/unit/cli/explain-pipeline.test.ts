import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { main } from '../../../compiler/cli/main.ts'
import type { Outcome } from './support.ts'

const SAMPLE = join(import.meta.dirname, '..', '..', '..')

const explain = (...words: string[]): Promise<Outcome> => explainIn(SAMPLE, words)

async function explainIn(folder: string, words: readonly string[]): Promise<Outcome> {
  const out: string[] = []
  const err: string[] = []
  const code = await main(['explain', 'pipeline', '--cwd', folder, ...words], {
    ...{ out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) },
    ...{ hasColor: false, isInteractive: false, cwd: folder, env: {} },
  })
  return { code, out: out.join(''), err: err.join('') }
}

/** Names of the steps by phase, in order. */
async function phasesOf(place: string): Promise<readonly (readonly [string, readonly string[]])[]> {
  const { code, out } = await explain(place, '--json')
  expect(code).toBe(0)
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { phase: string; steps: { name: string; path: string; line: number }[] })
    .map(({ phase, steps }) => {
      for (const { path, line } of steps) expect([path.startsWith('schemas/'), line > 0]).toEqual([true, true])
      return [phase, steps.map(({ name }) => name)] as const
    })
}

describe('explain pipeline', () => {
  test('lists all that runs in a change, in order', async () => {
    const phases = await phasesOf('repair.update')
    expect(phases.filter(([phase]) => phase !== 'validate')).toEqual([
      ['readonly', ['handed_out_at']],
      ['beforeUpdate', ['tidy_serial_number', 'repair']],
      ['check', ['costs_stay_near_the_estimate', 'returned_repairs_cost_what_was_written']],
      ['write', ['update repair', 'ticket', 'account', 'product', 'technician', 'serial_number_is_under_one_wrench']],
      ['ask', ['product_reference']],
      ['afterUpdate', ['tell_ticket']],
    ])
    expect(phases[2]?.[1]).toContain('serial_number')
  })

  test('new records have numbers, defaults, roll-ups and rules of their own', async () => {
    const repair = new Map(await phasesOf('repair.create'))
    expect(repair.get('defaults')).toEqual(['status', 'received_on', 'approved_by_customer', 'cost'])
    expect(repair.get('write')?.slice(0, 2)).toEqual(['number', 'insert repair'])
    expect(repair.get('ask')).toEqual(['product_reference', 'repaired_things_are_still_known'])
    const opportunity = new Map(await phasesOf('opportunity.create'))
    expect(opportunity.get('rollups')).toEqual(['account.open_pipeline'])
    expect(opportunity.get('sign')).toEqual(['owner'])
    expect(opportunity.get('check')?.at(-1)).toBe('stage_flow')
  })

  test('says where transitions are looked at, what starts workflows, and what keeps records from going', async () => {
    const { out } = await explain('opportunity.update')
    expect(out).toMatch(
      /stage_flow \(transitions of stage, in the WHERE of the UPDATE where nothing else has to be read, schemas[^)]+:10\)/,
    )
    expect(out).toMatch(/afterUpdate \(waits\)\n {2}1\. wake_account [^\n]+\n {2}2\. discount_approval \(workflow, where stage changes, /)
    expect((await explain('account.delete')).out).toMatch(
      /contract\.account \(keeps it from going, schemas\/billing\/contract\.object\.yml:\d+\)/,
    )
    expect((await explain('account.update')).out).toMatch(/ status \(history, /)
  })

  test('says whom rules ask', async () => {
    const folder = join(SAMPLE, 'test', 'golden', 'rules-that-ask')
    const { out } = await explainIn(folder, ['account.update'])
    expect(out).toContain(`check
  1. vat_is_known (asks check_vat, where vat or country changes, schemas/account.object.yml:11)
  2. within_limit (asks limits.within, not for many at once, schemas/account.object.yml:12)
  3. listed (asks \${LISTS:-https://lists.example.com}/check, where name or region changes, looks at region.name, schemas`)
    expect((await explainIn(folder, ['account.delete'])).out).toContain('check\n  1. credit (asks check_credit, warning, ')
  })

  test('without an operation it tells each of them', async () => {
    const { out } = await explain('task')
    const titles = ['task.create', 'task.update', 'task.delete', 'task.restore', 'task.purge', 'task.updateMany', 'task.deleteMany']
    expect(out.split('\n').filter((line) => line.startsWith('task.'))).toEqual(titles)
  })

  test('knows its words', async () => {
    expect(await explain('repair.updat')).toEqual({
      code: 2,
      out: '',
      err: "error: there is no operation 'updat'\n(Did you mean update?)\n",
    })
    expect((await explain('repairs.update')).err).toBe("error: there is no object 'repairs'\n(Did you mean repair?)\n")
    expect((await explain('repair.find')).out).toBe('Nothing runs around repair.find.\n')
    expect((await explain('repair.insert')).out).toBe((await explain('repair.create')).out)
  })
})
