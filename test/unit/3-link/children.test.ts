import { describe, expect, test } from 'vitest'
import { link } from '../../../compiler/3-link/link.ts'
import { readRelationships } from '../../../compiler/3-link/read-relationships.ts'
import { codesOf, lowerSyntax, objectOf } from '../../support/link.ts'
import { type ObjectSketch, objectsSyntax } from '../../support/syntax.ts'

const lookup = (reference: string | readonly string[], rest: object = {}) => ({ type: 'lookup', reference, ...rest }) as const
const childrenOf = (object: string, sketches: Readonly<Record<string, ObjectSketch>>): readonly string[] =>
  (link(objectsSyntax(sketches)).model.children.get(object) ?? []).map(({ name, object: child, field }) => `${name}: ${child}.${field}`)

describe('names of to-many relations', () => {
  test('are the plural of the child', () => {
    const sketches = {
      account: {},
      contact: { fields: { account: lookup('account') } },
      price_category: { fields: { owner: lookup('account') } },
      SalesPerson: { fields: { account: lookup('account') } },
    }
    expect(childrenOf('account', sketches)).toEqual([
      'sales_people: SalesPerson.account',
      'contacts: contact.account',
      'price_categories: price_category.owner',
    ])
  })

  test('a second lookup of the same child is called by its field, master-detail comes first', () => {
    const sketches = {
      account: {},
      deal: {
        fields: { partner: lookup('account'), buyer: { type: 'master_detail', reference: 'account' }, payer: lookup('account') },
      },
    } as const
    expect(childrenOf('account', sketches)).toEqual(['deals: deal.buyer', 'deals_by_partner: deal.partner', 'deals_by_payer: deal.payer'])
  })

  test('a field wins, and so does the child that has the better claim', () => {
    const sketches = {
      account: { fields: { contacts: 'number' } },
      contact: { fields: { account: lookup('account') } },
      person: { fields: { account: lookup('account') } },
      people: { fields: { account: lookup('account') } },
    } as const
    expect(childrenOf('account', sketches)).toEqual([
      'contacts_by_account: contact.account',
      'people: people.account',
      'people_by_account: person.account',
    ])
  })

  test('a record refers to records of its own object', () => {
    expect(childrenOf('user', { user: { fields: { boss: lookup('user'), parent: { type: 'tree' } } } })).toEqual([
      'users: user.boss',
      'users_by_parent: user.parent',
    ])
  })

  test('there is none for several ids, several objects, secrets, or no object at all', () => {
    const sketches = {
      account: {},
      user: {},
      note: {
        fields: {
          about: lookup(['account', 'user']),
          accounts: lookup('account', { multiple: true }),
          hidden: lookup('account', { internal: true }),
          elsewhere: lookup('nowhere'),
        },
      },
    }
    expect(childrenOf('account', sketches)).toEqual([])
  })
})

describe('relationships', () => {
  const sketches = (relationships: readonly { readonly [key: string]: string }[]) => ({
    account: { attributes: { relationships } },
    contact: { fields: { account: lookup('account'), billed_by: lookup('account') } },
  })

  test('name a relation, of the lookup they say', () => {
    expect(childrenOf('account', sketches([{ name: 'people', type: 'hasMany', object: 'Contact' }]))).toEqual([
      'people: contact.account',
      'contacts_by_billed_by: contact.billed_by',
    ])
    expect(childrenOf('account', sketches([{ name: 'payers', object: 'contact', foreignKey: 'billedBy' }]))).toEqual([
      'contacts: contact.account',
      'payers: contact.billed_by',
    ])
  })

  test('may take the name another relation would have', () => {
    expect(childrenOf('account', sketches([{ name: 'contacts', object: 'contact', foreignKey: 'billed_by' }]))).toEqual([
      'contacts_by_account: contact.account',
      'contacts: contact.billed_by',
    ])
  })

  test.each<[string, { readonly [key: string]: string }, readonly string[]]>([
    ['an object that does not exist', { name: 'x', object: 'nobody' }, ['link/unattached']],
    ['a name no filter could use', { name: '$x', object: 'contact' }, ['link/illegal-name']],
    ['a name of a field', { name: 'id', object: 'contact' }, ['link/relation-clash']],
    ['a field that is no lookup', { name: 'x', object: 'contact', foreignKey: 'id' }, ['link/relation-without-lookup']],
    ['the lookup itself', { name: 'x', type: 'belongsTo', object: 'nobody' }, []],
    ['nothing', { name: 'x' }, []],
  ])('%s', (_what, relationship, codes) => {
    expect(codesOf(link(objectsSyntax(sketches([relationship]))).diagnostics)).toEqual(codes)
  })

  test('a map by name means the same as a list', () => {
    const entry = { type: 'has_many', object: 'contact', foreign_key: 'account' }
    expect(readRelationships({ people: entry })).toEqual(readRelationships([{ name: 'people', ...entry }]))
    expect(readRelationships('people')).toEqual([])
  })
})

describe('full-text search', () => {
  const searchable = (sketch: ObjectSketch) => objectOf(lowerSyntax(objectsSyntax({ thing: sketch })), 'thing').searchable
  const fields = {
    title: 'text',
    body: { type: 'markdown', searchable: true },
    pin: { type: 'secret', searchable: true },
    size: { type: 'number', searchable: true },
  } as const

  test('covers texts that say so', () => {
    expect(searchable({ fields })).toEqual(['body'])
    expect(searchable({ fields: { title: 'text' } })).toEqual([])
  })

  test('covers first what the object lists, in any spelling', () => {
    expect(searchable({ fields, attributes: { searchableFields: ['Title', 'size'] } })).toEqual(['title', 'body'])
    expect(searchable({ fields, attributes: { search: { fields: ['title'] } } })).toEqual(['title', 'body'])
  })

  test('names that are no fields are reported', () => {
    const { diagnostics } = link(objectsSyntax({ thing: { fields: { title: 'text' }, attributes: { searchableFields: ['titel'] } } }))
    expect(codesOf(diagnostics)).toEqual(['link/unknown-field'])
  })
})
