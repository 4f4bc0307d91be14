import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ObjectApi } from '../../../../runtime-lite/app/object-api.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

const children = (name: string, object: string, field: string) => ({ name, object, field })

const crm = appIr([
  objectIr({
    name: 'account',
    label: 'Account',
    fields: {
      name: { type: 'text', isRequired: true },
      visits: { type: 'number', value: { kind: 'number', isInteger: true } },
      owner: { type: 'lookup', isRequired: true, reference: { object: 'user', onDelete: 'restrict' } },
      parent: { type: 'lookup', reference: { object: 'account' } },
    },
    children: [children('contacts', 'contact', 'account'), children('accounts', 'account', 'parent')],
  }),
  objectIr({
    name: 'contact',
    label: 'Contact',
    fields: {
      email: { type: 'email', isUnique: true },
      score: { type: 'number', value: { kind: 'number', isInteger: true, max: 10 } },
      account: { type: 'lookup', reference: { object: 'account', onDelete: 'cascade' } },
    },
    children: [children('notes', 'note', 'contact')],
  }),
  objectIr({
    name: 'note',
    label: 'Note',
    fields: { text: 'text', contact: { type: 'lookup', isRequired: true, reference: { object: 'contact', onDelete: 'cascade' } } },
    methods: ['get', 'list'],
  }),
  objectIr({ name: 'user', label: 'User', fields: { name: 'text', email: { type: 'email', isUnique: true } } }),
])

let app: RunningApp
let accounts: ObjectApi
let contacts: ObjectApi
let users: ObjectApi
let notes: ObjectApi
beforeAll(async () => {
  app = await runningApp(crm, { onError: () => undefined })
  ;({ account: accounts, contact: contacts, user: users, note: notes } = app.app.objects as Record<string, ObjectApi> as never)
})
afterAll(() => app.close())
beforeEach(async () => {
  await accounts.deleteMany({})
  await contacts.deleteMany({})
  await users.deleteMany({})
  await users.create({ id: 'ann', name: 'Ann', email: 'ann@example.com' })
})

const counts = async () => [await accounts.count(), await contacts.count(), await users.count(), await notes.count()]
const emails = async (account: string) => (await contacts.find({ where: { account }, orderBy: 'email' })).items.map(({ email }) => email)

describe('lookups', () => {
  test('are created along', async () => {
    const { owner } = await accounts.create({ name: 'Acme', owner: { create: { name: 'Bob' } } })
    expect(await users.get(String(owner))).toMatchObject({ name: 'Bob' })
  })

  test.each([[{ id: 'ann' }], ['ann'], [{ email: 'ann@example.com' }]])('connect %j', async (connect) => {
    expect(await accounts.create({ name: 'Acme', owner: { connect } })).toMatchObject({ owner: 'ann' })
  })

  test('change and empty', async () => {
    const { id } = await accounts.create({ name: 'Acme', owner: 'ann', parent: { create: { name: 'Parent', owner: 'ann' } } })
    expect(await accounts.update(String(id), { owner: { create: { id: 'bob' } }, visits: { $inc: 2 } })).toMatchObject({
      owner: 'bob',
      visits: 2,
    })
    expect(await accounts.update(String(id), { parent: { disconnect: true } })).toMatchObject({ parent: null })
    await expect(accounts.update(String(id), { owner: { disconnect: true } })).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/owner', code: 'required' }],
    })
  })

  test('that lead nowhere undo everything', async () => {
    const before = await counts()
    const input = { name: 'Acme', owner: { create: { name: 'Bob' } }, parent: { connect: 'nobody' } }
    await expect(accounts.create(input)).rejects.toMatchObject({ status: 422, errors: [{ pointer: '/parent/connect', code: 'reference' }] })
    expect(await counts()).toEqual(before)
  })
})

describe('children', () => {
  test('are created and connected with a new record', async () => {
    await contacts.createMany([{ id: 'c1', email: 'c1@example.com' }, { email: 'c2@example.com' }])
    const { id } = await accounts.create({
      name: 'Acme',
      owner: 'ann',
      contacts: {
        create: [{ email: 'a@example.com', notes: { create: { text: 'first' } } }, { email: 'b@example.com' }],
        connect: ['c1', { email: 'c2@example.com' }],
      },
    })
    expect(await emails(String(id))).toEqual(['a@example.com', 'b@example.com', 'c1@example.com', 'c2@example.com'])
    expect(await notes.count()).toBe(1)
  })

  test('are changed, disconnected and deleted with an update', async () => {
    const { id } = await accounts.create({
      id: 'acme',
      name: 'Acme',
      owner: 'ann',
      contacts: { create: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ id: name, email: `${name}@example.com`, score: 1 })) },
    })
    expect(
      await accounts.update(String(id), {
        name: 'Acme & Co',
        contacts: {
          delete: ['a'],
          disconnect: 'b',
          update: [
            { id: 'c', email: 'new@example.com' },
            { id: 'd', changes: { score: { $inc: 2 } } },
          ],
          create: { email: 'g@example.com' },
        },
      }),
    ).toMatchObject({ name: 'Acme & Co' })
    expect(await emails('acme')).toEqual(['d@example.com', 'e@example.com', 'f@example.com', 'g@example.com', 'new@example.com'])
    expect([await contacts.get('a'), await contacts.get('b'), await contacts.get('d')]).toMatchObject([
      null,
      { account: null },
      { score: 3 },
    ])
  })

  test('of another record are not touched', async () => {
    await accounts.create({ id: 'one', name: 'One', owner: 'ann', contacts: { create: { id: 'a', email: 'a@example.com' } } })
    await accounts.create({ id: 'two', name: 'Two', owner: 'ann' })
    for (const [change, pointer] of [
      [{ delete: ['a'] }, '/contacts/delete/0'],
      [{ disconnect: ['a'] }, '/contacts/disconnect/0'],
      [{ update: [{ id: 'a', score: 1 }] }, '/contacts/update/0/id'],
    ] as const)
      await expect(accounts.update('two', { name: 'X', contacts: change })).rejects.toMatchObject({ status: 422, errors: [{ pointer }] })
    expect([await contacts.get('a'), await accounts.get('two')]).toMatchObject([{ account: 'one', score: null }, { name: 'Two' }])
  })
})

describe('what is refused', () => {
  test('every issue has its full pointer, and nothing is written', async () => {
    const before = await counts()
    const input = {
      owner: { create: { email: 'no address' } },
      parent: { create: { name: 'P' } },
      contacts: {
        create: [{ email: 'a@example.com', score: 11 }, 5, { account: 'x', nothing: 1, notes: { create: [{ text: 1 }] } }],
        connect: [7],
        remove: [],
      },
    }
    const error = await accounts.create(input as never).catch((cause) => cause)
    expect(error.status).toBe(422)
    expect(error.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/contacts/connect/0',
      '/contacts/create/0/score',
      '/contacts/create/1',
      '/contacts/create/2/account',
      '/contacts/create/2/notes/create/0/text',
      '/contacts/create/2/nothing',
      '/contacts/remove',
      '/name',
      '/owner/create/email',
      '/parent/create/owner',
    ])
    expect(await counts()).toEqual(before)
  })

  test('a taken value inside undoes everything and is named', async () => {
    await contacts.create({ email: 'a@example.com' })
    const before = await counts()
    const create = ['x', 'y', 'a', 'z', 'w'].map((name) => ({ email: `${name}@example.com` }))
    await expect(accounts.create({ name: 'Acme', owner: { create: {} }, contacts: { create } })).rejects.toMatchObject({
      status: 409,
      errors: [{ pointer: '/contacts/create/2/email', code: 'duplicate' }],
    })
    expect(await counts()).toEqual(before)
  })

  test('records nested too deep, or too many of them', async () => {
    let input: Record<string, unknown> = { name: 'x', owner: 'ann' }
    for (let depth = 0; depth < 4; depth++) input = { name: 'x', owner: 'ann', parent: { create: input } }
    await expect(accounts.create(input)).rejects.toMatchObject({ status: 400, message: expect.stringContaining('deeper than 3') })
    const many = Array.from({ length: 1001 }, () => ({}))
    await expect(accounts.create({ name: 'x', owner: 'ann', contacts: { create: many } })).rejects.toMatchObject({ status: 413 })
    expect(await accounts.count()).toBe(0)
  })

  test('children in a list of records: each position is told', async () => {
    await expect(
      accounts.createMany([
        { name: 'a', owner: 'ann', contacts: { create: [{ email: 'x' }] } },
        { name: 'b', owner: 'ann', contacts: { create: [{ score: 99 }] } },
      ]),
    ).rejects.toMatchObject({ errors: [{ pointer: '/0/contacts/create/0/email' }, { pointer: '/1/contacts/create/0/score' }] })
    expect(
      await accounts.createMany([
        { name: 'a', owner: 'ann', contacts: { create: [{ score: 9 }] } },
        { name: 'b', owner: 'ann' },
      ]),
    ).toHaveLength(2)
    expect(await contacts.count()).toBe(1)
  })

  test('over HTTP: operations the related object does not offer', async () => {
    const body = { name: 'Acme', owner: 'ann', contacts: { create: [{ notes: { create: [{ text: 'x' }] } }] } }
    const refused = await app.request('/api/account', { method: 'POST', body })
    expect([refused.status, refused.json.errors]).toMatchObject([422, [{ pointer: '/contacts/create/0/notes/create', code: 'read_only' }]])
    const created = await app.request('/api/account', { method: 'POST', body: { ...body, contacts: { create: [{ score: 1 }] } } })
    expect([created.status, await contacts.count()]).toEqual([201, 1])
  })

  test('a relation takes an object', async () => {
    await expect(accounts.create({ name: 'a', owner: 'ann', contacts: ['x'] } as never)).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: '/contacts' }],
    })
    await expect(accounts.create({ name: 'a', owner: { create: {}, connect: 'x' } } as never)).rejects.toMatchObject({
      errors: [{ pointer: '/owner' }],
    })
    await expect(accounts.update('none', { contacts: { create: [{}] } })).rejects.toMatchObject({ status: 404 })
  })
})
