import type { Mistake } from './sdk-mistakes.ts'

const UNKNOWN = /does not exist in type|is not assignable|may only specify known/

/** Mistakes in what queries say about relations, groups and search, and in writes of many or related records. */
export const LANGUAGE_MISTAKES: readonly Mistake[] = [
  { about: 'relation: unknown field', call: `client.account.list({ where: { owner: { nmae: 'x' } } })`, says: /'nmae' does not exist/ },
  {
    about: 'relation: unknown field beside a known one',
    call: `client.account.list({ where: { owner: { name: 'x', nmae: 'x' } } })`,
    says: /'nmae' does not exist/,
  },
  {
    about: 'relation: unknown field two steps away',
    call: `client.account.list({ where: { owner: { manager: { name: 'x', nmae: 'x' } } } })`,
    says: /'nmae' does not exist/,
  },
  { about: 'relation: wrong type', call: `client.account.list({ where: { owner: { name: 5 } } })`, says: /'number' is not assignable/ },
  { about: 'relation: a number for an id', call: `client.account.list({ where: { owner: 5 } })`, says: /'number' is not assignable/ },
  {
    about: 'to-many: unknown quantifier',
    call: `client.account.list({ where: { contacts: { $any: { email: 'x' } } } })`,
    says: /'\$any' does not exist/,
  },
  {
    about: 'to-many: unknown field',
    call: `client.account.list({ where: { contacts: { $some: { email: 'x', mail: 'x' } } } })`,
    says: /'mail' does not exist/,
  },
  {
    about: 'to-many: a field without quantifier',
    call: `client.account.list({ where: { contacts: { mail: 'x', email: 'x' } } })`,
    says: /'mail' does not exist/,
  },
  {
    about: 'list of ids: a field without quantifier',
    call: `client.account.list({ where: { members: { name: 'x' } } })`,
    says: /'name' does not exist/,
  },
  {
    about: 'text operator: unknown',
    call: `client.account.list({ where: { name: { $icontain: 'x' } } })`,
    says: /'\$icontain' does not exist/,
  },
  { about: '$like on a number', call: `client.account.list({ where: { revenue: { $like: '5%' } } })`, says: /'\$like' does not exist/ },
  {
    about: '$field: no name',
    call: `client.account.list({ where: { revenue: { $gt: { $field: 5 } } } })`,
    says: /'number' is not assignable/,
  },
  {
    about: '$near: misspelt part',
    call: `client.account.list({ where: { place: { $near: { latitude: 1, longitude: 2, radius: 5 } } } })`,
    says: /'radius' does not exist/,
  },
  { about: '$near on text', call: `client.account.list({ where: { name: { $near: {} } } })`, says: /'\$near' does not exist/ },
  {
    about: '$similar: text in place of numbers',
    call: `client.account.list({ where: { embedding: { $similar: { to: 'x', minScore: 0.5 } } } })`,
    says: /'string' is not assignable/,
  },
  {
    about: 'a path into a field that is no JSON',
    call: `client.account.list({ where: { 'name.first': 'x' } })`,
    says: /'name.first'' does not exist|does not exist in type/,
  },
  {
    about: 'a path into JSON: unknown operator',
    call: `client.account.list({ where: { 'settings.theme': { $is: 'x' } } })`,
    says: /'\$is' does not exist/,
  },
  {
    about: '$expr: unknown function',
    call: `client.account.list({ where: { $expr: [{ $call: ['yaer', { $field: 'founded_on' }] }, '>', 2020] } })`,
    says: /"yaer"' is not assignable/,
  },

  {
    about: 'orderBy: nulls elsewhere',
    call: `client.account.list({ orderBy: { name: { nulls: 'middle' } } })`,
    says: /"middle"' is not assignable/,
  },
  {
    about: 'orderBy: unknown field of a relation',
    call: `client.account.list({ orderBy: { owner: { nmae: 'asc' } } })`,
    says: /'nmae' does not exist/,
  },
  {
    about: 'orderBy: a to-many relation',
    call: `client.account.list({ orderBy: { contacts: 'asc' } })`,
    says: /'contacts' does not exist/,
  },

  { about: 'search: unknown option', call: `client.account.list({ search: { query: 'x', in: ['name'] } })`, says: /'in' does not exist/ },
  {
    about: 'search: unknown field',
    call: `client.account.list({ search: { query: 'x', fields: ['nmae'] } })`,
    says: /"nmae"' is not assignable/,
  },
  { about: 'distinct: a list', call: `client.account.list({ distinct: ['name'], select: ['name'] })`, says: UNKNOWN },
  { about: 'count: unknown way', call: `client.account.list({ count: 'planned' })`, says: /"planned"' is not assignable/ },

  {
    about: 'expand to-many: unknown option',
    call: `client.account.list({ expand: { contacts: { limit: 5, top: 5 } } })`,
    says: /UnknownInExpand<"top">/,
  },
  {
    about: 'expand to-many: unknown field in where',
    call: `client.account.list({ expand: { contacts: { where: { email: 'x', mail: 'x' } } } })`,
    says: /UnknownInExpand<"mail">/,
  },
  {
    about: 'expand to-many: unknown operator',
    call: `client.account.list({ expand: { contacts: { where: { email: { $eq: 'x', $is: 'x' } } } } })`,
    says: /UnknownInExpand<"\$is">/,
  },
  {
    about: 'expand to-many: unknown field in one of several conditions',
    call: `client.account.list({ expand: { contacts: { where: { $or: [{ email: 'x' }, { email: 'y', mail: 'x' }] } } } })`,
    says: /UnknownInExpand<"mail">/,
  },
  {
    about: 'expand to-many: unknown field of a relation in orderBy',
    call: `client.account.list({ expand: { accounts: { orderBy: { owner: { name: 'asc', nmae: 'asc' } } } } })`,
    says: /UnknownInExpand<"nmae">/,
  },
  {
    about: 'expand to-many: unknown field in orderBy',
    call: `client.account.list({ expand: { contacts: { orderBy: [{ email: 'asc' }, { mail: 'asc', id: 'asc' }] } } })`,
    says: /UnknownInExpand<"mail">/,
  },
  {
    about: 'expand to-many: unknown field in select',
    call: `client.account.list({ expand: { contacts: { select: ['id', 'mail'] } } })`,
    says: /"mail"' is not assignable/,
  },
  {
    about: 'expand to-one: a limit',
    call: `client.account.list({ expand: { owner: { select: ['id'], limit: 1 } } })`,
    says: /UnknownInExpand<"limit">/,
  },
  {
    about: 'an expanded read: a list of records taken for one',
    call: `client.account.get('1', { expand: { contacts: true } }).then((account) => account.contacts.email)`,
    says: /'email' does not exist/,
  },
  {
    about: 'a plain read: a to-many relation',
    call: `client.account.get('1').then((account) => account.contacts)`,
    says: /'contacts' does not exist/,
  },

  { about: 'getBy: no unique key', call: `client.account.getBy({ name: 'x' })`, says: /is not assignable|missing/ },
  {
    about: 'getBy: an object without keys',
    call: `client.user.getBy({ name: 'x' })`,
    says: /is not assignable to parameter of type 'never'|'never'/,
  },
  {
    about: 'aggregate: unknown function',
    call: `client.account.aggregate({ aggregations: { total: { summ: 'revenue' } } })`,
    says: /'summ' does not exist|no properties in common/,
  },
  {
    about: 'aggregate: unknown option beside a function',
    call: `client.account.aggregate({ aggregations: { total: { sum: 'revenue', where: {} } } })`,
    says: /WrongInAggregations<"where">/,
  },
  {
    about: 'aggregate: unknown field',
    call: `client.account.aggregate({ aggregations: { total: { sum: 'revenu' } } })`,
    says: /"revenu"' is not assignable/,
  },
  {
    about: 'aggregate: a sum of text',
    call: `client.account.aggregate({ aggregations: { total: { sum: 'name' } } })`,
    says: /WrongInAggregations<"name">/,
  },
  {
    about: 'aggregate: unknown field in a filter',
    call: `client.account.aggregate({ aggregations: { n: { count: true, filter: { status: 'open', stauts: 'open' } } } })`,
    says: /WrongInAggregations<"stauts">/,
  },
  {
    about: 'aggregate: unknown group',
    call: `client.account.aggregate({ groupBy: ['stauts'], aggregations: { n: { count: true } } })`,
    says: /"stauts"' is not assignable/,
  },
  {
    about: 'aggregate: unknown granularity',
    call: `client.account.aggregate({ groupBy: [{ field: 'founded_on', granularity: 'decade' }], aggregations: { n: { count: true } } })`,
    says: /"decade"' is not assignable/,
  },
  {
    about: 'aggregate: having about a name that is not there',
    call: `client.account.aggregate({ aggregations: { n: { count: true } }, having: { m: { $gt: 5 } } })`,
    says: /'m' does not exist/,
  },
  {
    about: 'aggregate: a name that was not asked for',
    call: `client.account.aggregate({ groupBy: ['status'], aggregations: { n: { count: true } } }).then((rows) => rows[0]?.m)`,
    says: /'m' does not exist/,
  },
  {
    about: 'aggregate: a sum may be of nothing',
    call: `client.account.aggregate({ aggregations: { total: { sum: 'revenue' } } }).then(([row]) => row.total.toFixed(2))`,
    says: /possibly 'null'/,
  },
  { about: 'aggregate: no aggregations', call: `client.account.aggregate({ groupBy: ['status'] })`, says: /'aggregations' is missing/ },

  {
    about: 'create: unknown nested field',
    call: `client.contact.create({ email: 'x', account: { create: { nmae: 'x' } } })`,
    says: UNKNOWN,
  },
  {
    about: 'create: a nested write that means nothing',
    call: `client.contact.create({ email: 'x', assistant: { link: '1' } })`,
    says: /'link' does not exist/,
  },
  {
    about: 'create: nested records with an unknown field',
    call: `client.account.create({ name: 'x', stage: 'lead', main_contact: '1', contacts: { create: [{ email: 'x', phone: '1' }] } })`,
    says: /'phone' does not exist/,
  },
  {
    about: 'create: an increment',
    call: `client.account.create({ name: 'x', stage: 'lead', main_contact: '1', revenue: { $inc: 1 } })`,
    says: UNKNOWN,
  },
  { about: 'update: an increment of text', call: `client.account.update('1', { name: { $inc: 1 } })`, says: UNKNOWN },
  { about: 'update: an increment of an option', call: `client.account.update('1', { rank: { $inc: 1 } })`, says: UNKNOWN },
  {
    about: 'update: an increment by text',
    call: `client.account.update('1', { revenue: { $inc: '1' } })`,
    says: /'string' is not assignable/,
  },
  {
    about: 'update: nested, unknown field',
    call: `client.account.update('1', { contacts: { update: { id: '1', changes: { mail: 'x' } } } })`,
    says: /'mail' does not exist/,
  },
  {
    about: 'updateMany: unknown field in where',
    call: `client.account.updateMany({ nmae: 'x' }, { status: 'closed' })`,
    says: /'nmae' does not exist/,
  },
  { about: 'updateMany: unknown field', call: `client.account.updateMany({ name: 'x' }, { nmae: 'y' })`, says: /'nmae' does not exist/ },
  { about: 'updateMany: nested', call: `client.account.updateMany({}, { contacts: { create: [] } })`, says: /'contacts' does not exist/ },
  { about: 'deleteMany: everything by mistake', call: `client.account.deleteMany()`, says: /Expected 1|Expected 1-2/ },
  {
    about: 'upsert: on what is not unique',
    call: `client.contact.upsert({ email: 'x' }, { on: ['email'] })`,
    says: /"email"' is not assignable/,
  },
  {
    about: 'in process: aggregate',
    call: `app.account.aggregate({ aggregations: { total: { sum: 'revenu' } } })`,
    says: /"revenu"' is not assignable/,
  },
  {
    about: 'in process: findOneAndUpdate',
    call: `app.account.findOneAndUpdate({ name: 'x' }, { revenue: 1 }, { sort: { name: 'asc' } })`,
    says: /'sort' does not exist/,
  },
  { about: 'an iteration: unknown field', call: `client.account.each({ where: { nmae: 'x' } }).next()`, says: /'nmae' does not exist/ },
]
