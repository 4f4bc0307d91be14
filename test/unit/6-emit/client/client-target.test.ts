import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientTarget } from '../../../../compiler/6-emit/client/client-target.ts'
import type { Config } from '../../../../compiler/config/config.ts'
import { resolveConfig } from '../../../../compiler/config/resolve-config.ts'
import type { ObjectIr } from '../../../../compiler/ir/object.ts'
import { type Bundle, bundle, writeFiles } from '../../../support/bundle.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { startRecordingServer } from '../../../support/recording-server.ts'
import { sdkObjects } from '../../../support/sdk-objects.ts'

function emitted(objects: readonly ObjectIr[], config: Config = {}): ReadonlyMap<string, string> {
  const files = clientTarget.emit(appIr(objects), resolveConfig(config, { folderName: 'test', exists: () => false }), { lineOf: () => 1 })
  return new Map(files.map(({ path, text }) => [path, text]))
}

const body = (text: string | undefined): string => (text ?? '').split('\n').slice(1).join('\n')

test('a property of the client and a function for every call', () => {
  const account = {
    ...objectIr({ name: 'account' }),
    names: { pascal: 'Account', pascalPlural: 'Accounts', camel: 'account', file: 'account' },
  }
  const files = emitted([account])
  expect([...files.keys()]).toEqual(['client/index.js', 'client/index.d.ts', 'client/operations.js', 'client/operations.d.ts'])
  expect(body(files.get('client/index.js'))).toBe(`import { objectClient } from 'objectql/client'

export { isProblem, ProblemError } from 'objectql/client'

/** The client: one property per object. */
export function createClient(connection) {
  return {
    account: objectClient(connection, '/api/account'),
  }
}
`)
  expect(body(files.get('client/index.d.ts'))).toBe(`import type * as ql from 'objectql/client'
import type { AccountModel } from '../objects/account.js'

export { type CallOptions, type Connection, isProblem, ProblemError, type WriteOptions } from 'objectql/client'

export type AccountClient = ql.ObjectClient<AccountModel>

/** Every object of the server. Calls reject with a ProblemError when the server refuses. */
export interface Client {
  readonly account: AccountClient
}

export declare function createClient(connection: ql.Connection): Client
`)
  expect(body(files.get('client/operations.js'))).toBe(`import {
  aggregate,
  clone,
  count,
  create,
  createMany,
  each,
  get,
  getBy,
  list,
  remove,
  removeMany,
  update,
  updateFirst,
  updateMany,
  upsert,
  upsertMany,
} from 'objectql/client'

export { isProblem, ProblemError } from 'objectql/client'

export const listAccounts = /* @__PURE__ */ list('/api/account')
export const eachAccount = /* @__PURE__ */ each('/api/account')
export const getAccount = /* @__PURE__ */ get('/api/account')
export const findAccount = /* @__PURE__ */ getBy('/api/account')
export const createAccount = /* @__PURE__ */ create('/api/account')
export const createAccounts = /* @__PURE__ */ createMany('/api/account')
export const updateAccount = /* @__PURE__ */ update('/api/account')
export const cloneAccount = /* @__PURE__ */ clone('/api/account')
export const updateAccounts = /* @__PURE__ */ updateMany('/api/account')
export const updateFirstAccount = /* @__PURE__ */ updateFirst('/api/account')
export const upsertAccount = /* @__PURE__ */ upsert('/api/account')
export const upsertAccounts = /* @__PURE__ */ upsertMany('/api/account')
export const deleteAccount = /* @__PURE__ */ remove('/api/account')
export const deleteAccounts = /* @__PURE__ */ removeMany('/api/account')
export const countAccounts = /* @__PURE__ */ count('/api/account')
export const aggregateAccounts = /* @__PURE__ */ aggregate('/api/account')
`)
  expect(body(files.get('client/operations.d.ts'))).toContain(`export declare const listAccounts: ql.ListCall<AccountModel>,
  eachAccount: ql.EachCall<AccountModel>,
  getAccount: ql.GetCall<AccountModel>,
  findAccount: ql.GetByCall<AccountModel>,
  createAccount: ql.CreateCall<AccountModel>,
  createAccounts: ql.CreateManyCall<AccountModel>,
  updateAccount: ql.UpdateCall<AccountModel>,
  cloneAccount: ql.CloneCall<AccountModel>,
  updateAccounts: ql.UpdateManyCall<AccountModel>,
  updateFirstAccount: ql.UpdateFirstCall<AccountModel>,
  upsertAccount: ql.UpsertCall<AccountModel>,
  upsertAccounts: ql.UpsertManyCall<AccountModel>,
  deleteAccount: ql.DeleteCall,
  deleteAccounts: ql.DeleteManyCall<AccountModel>,
  countAccounts: ql.CountCall<AccountModel>,
  aggregateAccounts: ql.AggregateCall<AccountModel>
`)
})

test('what the API does not offer has no function, and what it hides has nothing', () => {
  const files = emitted([
    objectIr({ name: 'log', methods: ['get', 'list'] }),
    objectIr({ name: 'hidden', methods: [] }),
    objectIr({ name: 'inbox', methods: ['create'] }),
  ])
  expect(files.get('client/operations.js')?.match(/export const \w+/g)).toEqual(
    ['listLogList', 'eachLog', 'getLog', 'findLog', 'countLogList', 'aggregateLogList', 'createInbox', 'createInboxList'].map(
      (name) => `export const ${name}`,
    ),
  )
  expect(files.get('client/index.d.ts')).toContain(
    `export type LogClient = Pick<ql.ObjectClient<LogModel>, 'list' | 'each' | 'pages' | 'get' | 'getBy' | 'count' | 'aggregate'>`,
  )
  expect(files.get('client/index.d.ts')).toContain(`export type InboxClient = Pick<ql.ObjectClient<InboxModel>, 'create' | 'createMany'>`)
  expect([...files.values()].join()).not.toContain('idden')
})

test('paths follow the configuration and are encoded', () => {
  const files = emitted([objectIr({ name: '客 户/x' })], { api: { basePath: '/v2/crm' } })
  expect(files.get('client/index.js')).toContain(`'客 户/x': objectClient(connection, '/v2/crm/%E5%AE%A2%20%E6%88%B7%2Fx'),`)
})

test('an object called client has its own createClient', async () => {
  const files = emitted([objectIr({ name: 'client' })])
  expect(files.get('client/operations.js')).toContain(`export const createClient = /* @__PURE__ */ create('/api/client')`)
  expect(files.get('client/index.js')).toContain('export function createClient(connection)')
})

describe('bundled for a front end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'objectql-client-'))
  beforeAll(() => writeFiles(folder, emitted(sdkObjects)))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const ONE_CALL = `
import { isProblem, listAccounts } from './client/operations.js'
try { console.log((await listAccounts({ baseUrl: '' }, { where: { status: 'open' } })).items) }
catch (error) { if (isProblem(error, 'NOT_FOUND')) console.log(error.errors); else throw error }`

  const using = (names: readonly string[]): Promise<Bundle> =>
    bundle(`import { ${names} } from './client/operations.js'\nexport const calls = [${names}]`, folder)

  test('one call with typed errors is small, and nothing else comes along', async () => {
    const { gzip, text } = await bundle(ONE_CALL, folder)
    expect(gzip).toBeLessThan(1100)
    expect(text.match(/\/api\/\w+/g)).toEqual(['/api/account'])
    expect(text).not.toMatch(/PATCH|DELETE/)
  })

  test('each further operation is smaller still', async () => {
    const lists = await using(['listAccounts'])
    const all = await using(['listAccounts', 'getAccount', 'createAccount', 'updateAccount', 'deleteAccount', 'countAccounts'])
    expect((all.gzip - lists.gzip) / 5).toBeLessThan(50)
    const reads = await using(['listAccounts', 'getAccount'])
    const action = await using(['listAccounts', 'getAccount', 'sendInviteContact'])
    expect(action.gzip - reads.gzip).toBeLessThan(80)
    expect((await using(['listAccounts', 'getAccount', 'sendInviteContact', 'archiveContact'])).gzip - action.gzip).toBeLessThan(70)
    const further = await using(['listAccounts', 'listContacts', 'listUsers', 'listAuditEntries'])
    expect((further.gzip - lists.gzip) / 3).toBeLessThan(40)
  })

  test('an unused client leaves nothing behind', async () => {
    const { text } = await bundle(
      `import { createClient } from './client/index.js'\nimport { listAccounts } from './client/operations.js'\nconsole.log(1)`,
      folder,
    )
    expect(text.trim()).toBe('console.log(1);')
  })

  test('it runs', async () => {
    const server = await startRecordingServer()
    try {
      const { text } = await bundle(`export * from './client/index.js'\nexport { listAccounts } from './client/operations.js'`, folder)
      const sdk = await import(`data:text/javascript,${encodeURIComponent(text)}`)
      const client = sdk.createClient({ baseUrl: server.url })
      await client.account.list({ select: ['name'] })
      await client.audit_entry.get('1')
      await sdk.listAccounts({ baseUrl: server.url }, { limit: 1 })
      expect(server.requests.map(({ target }) => target)).toEqual([
        '/api/account?fields=name',
        '/api/audit_entry/1',
        '/api/account?limit=1',
      ])
      server.requests.length = 0
      const { actions } = client.contact
      await actions.sendInvite('a b', { subject: 'x' }, { headers: { 'idempotency-key': '1' } })
      await actions.archive('1', { headers: { 'idempotency-key': '2' } })
      await actions.delete()
      server.answer = (response) => response.writeHead(204).end()
      expect(await actions.tidyUp()).toBe(undefined)
      expect(Object.keys(actions)).toEqual(['sendInvite', 'archive', 'delete', 'tidyUp'])
      expect(server.requests.map(({ method, target, headers, body }) => [method, target, headers['idempotency-key'], body])).toEqual([
        ['POST', '/api/contact/a%20b/actions/send_invite', '1', '{"subject":"x"}'],
        ['POST', '/api/contact/1/actions/archive', '2', '{}'],
        ['POST', '/api/contact/actions/delete', undefined, '{}'],
        ['POST', '/api/contact/actions/tidy_up', undefined, '{}'],
      ])
      await expect(actions.archive('..')).rejects.toThrow('is not an id')
      server.answer = (response) => response.writeHead(404).end()
      await expect(client.user.get('1')).rejects.toBeInstanceOf(sdk.ProblemError)
    } finally {
      await server.close()
    }
  })
})
