import { ACTION_MISTAKES } from './sdk-action-mistakes.ts'
import { LANGUAGE_MISTAKES } from './sdk-language-mistakes.ts'

/** A call that must not compile, and what the compiler must say about it. */
export interface Mistake {
  readonly about: string
  readonly call: string
  readonly says: RegExp
}

const UNKNOWN = /does not exist in type|is not assignable|may only specify known/

/** One deliberate mistake each. They compile as `await (<call>)`, with `client`, `app` and `accounts` in scope. */
export const MISTAKES: readonly Mistake[] = [
  { about: 'an unknown object', call: `client.acount.list()`, says: /'acount' does not exist/ },
  { about: 'a method the API does not offer', call: `client.audit_entry.delete('1')`, says: /'delete' does not exist/ },
  { about: 'an unknown method', call: `client.account.find({})`, says: /'find' does not exist/ },

  { about: 'where: unknown field', call: `client.account.list({ where: { nmae: 'x' } })`, says: /'nmae' does not exist/ },
  {
    about: 'where: unknown field beside a known one',
    call: `client.account.list({ where: { name: 'x', nmae: 'x' } })`,
    says: /'nmae' does not exist/,
  },
  { about: 'where: unknown operator', call: `client.account.list({ where: { revenue: { $gtt: 5 } } })`, says: /'\$gtt' does not exist/ },
  {
    about: 'where: unknown operator beside a known one',
    call: `client.account.list({ where: { revenue: { $gt: 5, gte: 6 } } })`,
    says: /'gte' does not exist/,
  },
  { about: 'where: wrong type', call: `client.account.list({ where: { revenue: 'much' } })`, says: /'string' is not assignable/ },
  {
    about: 'where: wrong type in an operator',
    call: `client.account.list({ where: { revenue: { $in: [1, 'two'] } } })`,
    says: /'string' is not assignable to type 'number'/,
  },
  { about: 'where: unknown option', call: `client.account.list({ where: { status: 'opne' } })`, says: /"opne"' is not assignable/ },
  {
    about: 'where: unknown option in a list',
    call: `client.account.list({ where: { status: { $in: ['open', 'shut'] } } })`,
    says: /"shut"' is not assignable/,
  },
  { about: 'where: unknown numeric option', call: `client.account.list({ where: { rank: 4 } })`, says: /'4' is not assignable/ },
  {
    about: 'where: text operator on a number',
    call: `client.account.list({ where: { revenue: { $contains: '5' } } })`,
    says: /'\$contains' does not exist/,
  },
  {
    about: 'where: unknown field inside $or',
    call: `client.account.list({ where: { $or: [{ name: 'x' }, { nmae: 'y' }] } })`,
    says: /'nmae' does not exist/,
  },
  {
    about: 'where: unknown field inside $not',
    call: `client.account.list({ where: { $not: { nmae: 'y', name: 'x' } } })`,
    says: /'nmae' does not exist/,
  },
  { about: 'where: unknown logic', call: `client.account.list({ where: { $nor: [{ name: 'x' }] } })`, says: /'\$nor' does not exist/ },
  { about: 'where: a secret', call: `client.account.list({ where: { portal_password: 'x' } })`, says: /'portal_password' does not exist/ },
  { about: 'where: equality on structured values', call: `client.account.list({ where: { settings: { theme: 'dark' } } })`, says: UNKNOWN },
  {
    about: 'where: unknown element of a list',
    call: `client.account.list({ where: { labels: { $contains: 'c' } } })`,
    says: /"c"' is not assignable/,
  },

  { about: 'orderBy: unknown field', call: `client.account.list({ orderBy: { nmae: 'asc' } })`, says: /'nmae' does not exist/ },
  {
    about: 'orderBy: unknown field beside a known one',
    call: `client.account.list({ orderBy: { name: 'asc', nmae: 'asc' } })`,
    says: /'nmae' does not exist/,
  },
  {
    about: 'orderBy: unknown field in a list',
    call: `client.account.list({ orderBy: [{ name: 'asc' }, { nmae: 'asc' }] })`,
    says: /'nmae' does not exist/,
  },
  { about: 'orderBy: unknown direction', call: `client.account.list({ orderBy: { name: 'up' } })`, says: /"up"' is not assignable/ },
  {
    about: 'orderBy: a list field',
    call: `client.account.list({ orderBy: { tags: 'asc' } })`,
    says: /is not assignable to type 'undefined'/,
  },
  {
    about: 'orderBy: a structured field',
    call: `client.account.list({ orderBy: { place: 'asc' } })`,
    says: /is not assignable to type 'undefined'/,
  },

  { about: 'select: unknown field', call: `client.account.list({ select: ['nmae'] })`, says: /"nmae"' is not assignable/ },
  {
    about: 'select: unknown field beside a known one',
    call: `client.account.list({ select: ['name', 'nmae'] })`,
    says: /"nmae"' is not assignable/,
  },
  {
    about: 'select: a secret',
    call: `client.account.get('1', { select: ['portal_password'] })`,
    says: /"portal_password"' is not assignable/,
  },
  { about: 'select: a map', call: `client.account.get('1', { select: { name: true } })`, says: UNKNOWN },

  {
    about: 'expand: unknown relation',
    call: `client.account.list({ expand: { onwer: true } })`,
    says: /'onwer' does not exist|no properties in common/,
  },
  {
    about: 'expand: unknown relation beside a known one',
    call: `client.account.list({ expand: { owner: true, onwer: true } })`,
    says: /UnknownInExpand<"onwer">/,
  },
  {
    about: 'expand: a field that is no relation',
    call: `client.account.get('1', { expand: { owner: true, name: true } })`,
    says: /UnknownInExpand<"name">/,
  },
  {
    about: 'expand: a reference that leads elsewhere',
    call: `client.account.get('1', { expand: { owner: true, external: true } })`,
    says: /UnknownInExpand<"external">/,
  },
  {
    about: 'expand: any relation of an object without',
    call: `client.audit_entry.get('1', { expand: { owner: true } })`,
    says: /is not assignable to type 'never'/,
  },
  {
    about: 'expand: false',
    call: `client.account.get('1', { expand: { owner: false } })`,
    says: /'false' is not assignable|'boolean' is not assignable/,
  },
  {
    about: 'nested select: unknown field',
    call: `client.account.get('1', { expand: { owner: { select: ['nmae'] } } })`,
    says: /"nmae"' is not assignable/,
  },
  {
    about: 'nested select: unknown field beside a known one',
    call: `client.account.get('1', { expand: { owner: { select: ['name', 'nmae'] } } })`,
    says: /"nmae"' is not assignable/,
  },
  {
    about: 'nested select: a field of the wrong object',
    call: `client.account.get('1', { expand: { owner: { select: ['name', 'email'] } } })`,
    says: /"email"' is not assignable/,
  },
  {
    about: 'nested: misspelt option',
    call: `client.account.get('1', { expand: { owner: { selct: ['name'] } } })`,
    says: /'selct' does not exist|no properties in common/,
  },
  {
    about: 'nested: unknown option beside a known one',
    call: `client.account.get('1', { expand: { owner: { select: ['name'], limit: 5 } } })`,
    says: /UnknownInExpand<"limit">/,
  },
  {
    about: 'nested: unknown relation',
    call: `client.account.get('1', { expand: { owner: { expand: { manager: true, boss: true } } } })`,
    says: /UnknownInExpand<"boss">/,
  },
  {
    about: 'nested twice: unknown field',
    call: `client.contact.get('1', { expand: { account: { expand: { owner: { select: ['name', 'x'] } } } } })`,
    says: /"x"' is not assignable/,
  },
  {
    about: 'nested twice: unknown option',
    call: `client.contact.get('1', { expand: { account: { expand: { owner: { select: ['name'], where: {} } } } } })`,
    says: /UnknownInExpand<"where">/,
  },

  {
    about: 'unknown query option',
    call: `client.account.list({ whre: { name: 'x' } })`,
    says: /'whre' does not exist|no properties in common/,
  },
  {
    about: 'unknown query option beside a known one',
    call: `client.account.list({ where: { name: 'x' }, top: 5 })`,
    says: /'top' does not exist/,
  },
  {
    about: 'unknown query option beside select and expand',
    call: `client.account.list({ select: ['name'], expand: { owner: true }, filter: {} })`,
    says: /'filter' does not exist/,
  },
  { about: 'a list option in get', call: `client.account.get('1', { limit: 5, select: ['name'] })`, says: /'limit' does not exist/ },
  { about: 'limit of the wrong type', call: `client.account.list({ limit: '5' })`, says: /'string' is not assignable to type 'number'/ },
  { about: 'id of the wrong type', call: `client.account.get(5)`, says: /'number' is not assignable/ },
  { about: 'count with list options', call: `client.account.count({ where: {}, limit: 5 })`, says: /'limit' does not exist/ },
  {
    about: 'unknown call option',
    call: `client.account.list({}, { abort: new AbortController().signal })`,
    says: /'abort' does not exist/,
  },
  { about: 'ifMatch on a read', call: `client.account.get('1', {}, { ifMatch: 'x' })`, says: /'ifMatch' does not exist/ },

  {
    about: 'create: missing required field',
    call: `client.account.create({ name: 'x', stage: 'lead' })`,
    says: /'main_contact' is missing/,
  },
  { about: 'create: unknown field', call: `client.contact.create({ email: 'x', phone: '1' })`, says: /'phone' does not exist/ },
  { about: 'create: wrong type', call: `client.contact.create({ email: 5 })`, says: /'number' is not assignable to type 'string'/ },
  { about: 'create: null in a required field', call: `client.contact.create({ email: null })`, says: /'null' is not assignable/ },
  {
    about: 'create: unknown option',
    call: `client.account.create({ name: 'x', stage: 'prospect', main_contact: '1' })`,
    says: /"prospect"' is not assignable/,
  },
  {
    about: 'create: computed field',
    call: `client.contact.create({ email: 'x', created_at: 'now' })`,
    says: /'created_at' does not exist/,
  },
  {
    about: 'create: formula',
    call: `client.account.create({ name: 'x', stage: 'lead', main_contact: '1', title: 'x' })`,
    says: /'title' does not exist/,
  },
  {
    about: 'create: unknown part of a structured value',
    call: `client.account.update('1', { place: { latitude: 1, longitude: 2, lattitude: 3 } })`,
    says: /'lattitude'/,
  },
  { about: 'create: what JSON cannot carry', call: `client.account.update('1', { settings: () => 1 })`, says: UNKNOWN },
  { about: 'update: unknown field', call: `client.account.update('1', { nmae: 'x' })`, says: /'nmae' does not exist/ },
  {
    about: 'update: unknown field beside a known one',
    call: `client.account.update('1', { name: 'x', nmae: 'x' })`,
    says: /'nmae' does not exist/,
  },
  { about: 'update: wrong type', call: `client.account.update('1', { is_active: 'yes' })`, says: /'string' is not assignable/ },
  { about: 'update: null in a required field', call: `client.account.update('1', { name: null })`, says: /'null' is not assignable/ },
  { about: 'update: the id', call: `client.account.update('1', { id: '2' })`, says: /'id' does not exist/ },
  {
    about: 'update: unknown element of a list',
    call: `client.account.update('1', { labels: ['a', 'z'] })`,
    says: /"z"' is not assignable/,
  },

  { about: 'in process: where', call: `app.account.find({ where: { nmae: 'x' } })`, says: /'nmae' does not exist/ },
  {
    about: 'in process: expand',
    call: `app.account.get('1', { expand: { owner: true, onwer: true } })`,
    says: /UnknownInExpand<"onwer">/,
  },
  { about: 'in process: create', call: `app.contact.create({ email: 'x', phone: '1' })`, says: /'phone' does not exist/ },
  { about: 'function: select', call: `listAccounts(connection, { select: ['name', 'nmae'] })`, says: /"nmae"' is not assignable/ },
  {
    about: 'function: expand',
    call: `getAccount(connection, '1', { expand: { owner: true, onwer: true } })`,
    says: /UnknownInExpand<"onwer">/,
  },
  { about: 'function: update', call: `updateAccount(connection, '1', { name: 'x', nmae: 'x' })`, says: /'nmae' does not exist/ },

  {
    about: 'a selected read: other fields',
    call: `client.account.get('1', { select: ['name'] }).then((account) => account.revenue)`,
    says: /'revenue' does not exist/,
  },
  {
    about: 'an expanded read: fields the nested select left out',
    call: `client.account.get('1', { expand: { main_contact: { select: ['id'] } } }).then((account) => account.main_contact.email)`,
    says: /'email' does not exist/,
  },
  {
    about: 'a plain read: fields of a relation',
    call: `client.account.get('1').then((account) => account.main_contact.email)`,
    says: /'email' does not exist/,
  },
  {
    about: 'an expanded read: an optional relation without looking',
    call: `client.account.get('1', { expand: { owner: true } }).then((account) => account.owner.name)`,
    says: /possibly 'null'/,
  },
  {
    about: 'an unknown problem code',
    call: `client.account.get('1').catch((error: unknown) => isProblem(error, 'NOTFOUND'))`,
    says: /"NOTFOUND"' is not assignable/,
  },
  ...LANGUAGE_MISTAKES,
  ...ACTION_MISTAKES,
]
