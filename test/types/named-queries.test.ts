import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { COMPILERS, type CompilerName, checkTypes, writeText, writeTypeProject } from '../support/type-project.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), 'objectql-named-types-'))

const PREAMBLE = `
import { createClient, type Connection } from './generated/client/index.js'
import { queryTicketDue, queryTicketHoursByStatus, queryTicketOpenOfOwner } from './generated/client/operations.js'
import type { QueryCompiler } from 'objectql/client'
import type { Objects, Ticket, TicketStatus } from './generated/objects/index.js'
declare const connection: Connection
declare const app: { objects: Objects; queries: QueryCompiler<Objects> }
const client = createClient(connection)
type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false
const same = <Left, Right>(..._: Equal<Left, Right> extends true ? [] : ['these types differ']): void => {}
`

const USES = `
const page = await client.ticket.queries.openOfOwner({ owner: 'u1' }, { signal: new AbortController().signal })
same<(typeof page)['items'], Ticket[]>()
const due = await app.objects.ticket.queries.due({ statuses: ['open'], until: '2024-05-01' })
same<(typeof due)['items'][number]['owner'], { name: string } | null>()
const { items: hours } = await queryTicketHoursByStatus(connection)
hours satisfies { status: TicketStatus | null; total: number | null; tickets: number }[]
await queryTicketDue(connection, { statuses: ['open', 'waiting'], limit: 5 })
await app.objects.ticket.queries.hoursByStatus()
const plan = app.queries.compile('ticket', { where: { status: { $in: '$statuses' }, hours: { $gt: '$least' } }, limit: '$limit', orderBy: { hours: 'desc' } })
const found = await plan.execute({ statuses: ['open'], least: 3, limit: 10 })
same<(typeof found)['items'][number], Ticket>()
const fixed = app.queries.compile('ticket', { where: { status: 'open' }, select: ['id', 'subject'] })
const [first] = (await fixed.execute()).items
same<typeof first, Pick<Ticket, 'id' | 'subject'> | undefined>()
const related = await app.queries.compile('ticket', { where: { owner: { name: '$name' } }, expand: { owner: true } }).execute({ name: 'Ada' })
related.items[0]?.owner?.name satisfies string | undefined
`

const MISTAKES: readonly (readonly [call: string, says: RegExp])[] = [
  [`client.ticket.queries.openOfOwner()`, /Expected 1-2 arguments|Source has 0 element|not assignable/],
  [`client.ticket.queries.openOfOwner({})`, /'owner' is missing|not assignable/],
  [`client.ticket.queries.openOfOwner({ ownr: 'u1' })`, /'ownr' does not exist|may only specify known/],
  [`client.ticket.queries.openOfOwner({ owner: 7 })`, /'number' is not assignable/],
  [`client.ticket.queries.openOfOwners({ owner: 'u1' })`, /'openOfOwners' does not exist/],
  [`client.user.queries.any()`, /'queries' does not exist/],
  [`client.ticket.queries.due({ statuses: ['opn'] })`, /"opn"' is not assignable/],
  [`client.ticket.queries.due({ statuses: 'open' })`, /is not assignable/],
  [`app.objects.ticket.queries.hoursByStatus({ since: 'x' })`, /Expected 0 arguments|not assignable/],
  [`app.objects.user.queries.any()`, /'any' does not exist/],
  [`queryTicketOpenOfOwner({ owner: 'u1' })`, /Expected 2-3 arguments|not assignable|'baseUrl'/],
  [`app.queries.compile('tickets', {})`, /"tickets"' is not assignable/],
  [`app.queries.compile('ticket', { where: { stauts: '$s' } })`, /'stauts' does not exist|may only specify known/],
  [`app.queries.compile('ticket', { where: { status: 'opn' } })`, /"opn"' is not assignable|is not assignable/],
  [`app.queries.compile('ticket', { where: { status: '$s' } }).execute()`, /Expected 1 arguments|not assignable/],
  [`app.queries.compile('ticket', { where: { status: '$s' } }).execute({ t: 'open' })`, /'t' does not exist|may only specify known/],
  [`app.queries.compile('ticket', { where: { status: 'open' } }).execute({ s: 'open' })`, /Expected 0 arguments|not assignable/],
]

beforeAll(async () => {
  writeTypeProject(folder, [])
  rmSync(join(folder, 'generated'), { recursive: true, force: true })
  cpSync(join(import.meta.dirname, '..', 'golden', 'named-queries', 'schemas'), join(folder, 'schemas'), { recursive: true })
  writeFileSync(join(folder, 'objectql.config.json'), '{ "name": "desk" }')
  const { isOk } = await compile({ cwd: folder, useRecord: false })
  expect(isOk).toBe(true)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(Object.keys(COMPILERS) as CompilerName[])('queries of the schema and of code on TypeScript %s', (compiler) => {
  test('say exactly what they take and answer', () => {
    writeText(join(folder, 'uses.ts'), `${PREAMBLE}${USES}\nexport { client, queryTicketOpenOfOwner, same }\n`)
    expect(checkTypes(folder, compiler, { files: ['uses.ts'] }).problems).toEqual([])
  })

  test('refuse mistakes', () => {
    writeText(
      join(folder, 'mistakes.ts'),
      `${PREAMBLE}${MISTAKES.map(([call]) => `await (${call})`).join('\n')}\nexport { queryTicketDue, queryTicketHoursByStatus, same }\nexport type { Ticket, TicketStatus }\n`,
    )
    const firstLine = PREAMBLE.split('\n').length
    const { problems } = checkTypes(folder, compiler, { files: ['mistakes.ts'] })
    const missed = MISTAKES.flatMap(([call, says], index) => {
      const said = problems.filter(({ line }) => line === firstLine + index).map(({ message }) => message)
      return said.some((message) => says.test(message)) ? [] : [`${call}: ${said.join(' ') || 'accepted'}`]
    })
    expect(missed).toEqual([])
    expect(problems.filter(({ line }) => line < firstLine)).toEqual([])
  })
})
