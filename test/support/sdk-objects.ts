import type { ObjectIr, ValueIr } from '../../compiler/ir/object.ts'
import { actionIr, type FieldSketch, type ObjectSketch, objectIr } from './ir.ts'

const lookup = (object: string, rest: Partial<Extract<FieldSketch, { type: unknown }>> = {}): FieldSketch => ({
  type: 'lookup',
  reference: { object, authored: [object] },
  ...rest,
})

const option = (base: 'string' | 'number', values: readonly (string | number)[], isOpen = false): ValueIr => ({
  kind: 'option',
  base,
  options: values.map((value) => ({ value, label: String(value), annotations: {} })),
  isOpen,
})

const named = (sketch: ObjectSketch, plural: string): ObjectIr => {
  const object = objectIr(sketch)
  return { ...object, names: { ...object.names, pascalPlural: plural } }
}

/** A few objects that use every kind of field, relation and option, for tests of the types and the client. */
export const sdkObjects: readonly ObjectIr[] = [
  named(
    {
      name: 'account',
      label: 'Account',
      description: 'Company we trade with.',
      children: [
        { name: 'accounts', object: 'account', field: 'parent' },
        { name: 'contacts', object: 'contact', field: 'account' },
      ],
      indexes: [{ fields: ['name', 'stage'], isUnique: true }],
      fields: {
        name: { type: 'text', isRequired: true, value: { kind: 'string', minLength: 1, maxLength: 80 } },
        stage: { type: 'select', isRequired: true, value: option('string', ['lead', 'customer', "won't buy"]) },
        status: {
          type: 'select',
          isRequired: true,
          value: option('string', ['open', 'closed']),
          default: { kind: 'literal', value: 'open' },
        },
        industry: { type: 'select', value: option('string', ['retail', 'energy'], true) },
        rank: { type: 'select', value: option('number', [1, 2, 3]) },
        labels: { type: 'multiselect', value: option('string', ['a', 'b']) },
        tags: 'tags',
        revenue: { type: 'currency', value: { kind: 'number', isInteger: false, scale: 2, min: 0 } },
        is_active: 'boolean',
        founded_on: 'date',
        visited_at: 'datetime',
        opens_at: 'time',
        logo: 'image',
        contract: 'file',
        place: 'location',
        address: 'address',
        settings: 'json',
        lines: 'array',
        extra: 'composite',
        embedding: 'vector',
        portal_password: 'password',
        number: { type: 'autonumber', isUnique: true },
        open_deals: 'summary',
        title: 'formula',
        owner: lookup('user'),
        main_contact: lookup('contact', { isRequired: true }),
        parent: lookup('account'),
        members: lookup('user', { isList: true }),
        external: { type: 'lookup', reference: { authored: ['sys_tenant'] } },
        'odd key': 'text',
      },
    },
    'Accounts',
  ),
  named(
    {
      name: 'contact',
      children: [{ name: 'accounts', object: 'account', field: 'main_contact' }],
      fields: { email: { type: 'email', isRequired: true }, account: lookup('account'), assistant: lookup('user') },
      actions: [
        actionIr('send_invite', {
          scope: 'record',
          params: {
            subject: { type: 'text', isRequired: true },
            channel: { type: 'select', value: option('string', ['mail', 'letter']) },
            is_urgent: { type: 'boolean', isRequired: true, default: { kind: 'literal', value: false } },
            copies_to: lookup('user', { isList: true }),
            send_at: 'datetime',
          },
          returns: { kind: 'record', object: 'contact', isList: false },
        }),
        actionIr('archive', { scope: 'record' }),
        actionIr('delete', { scope: 'global', params: { older_than: 'number' }, returns: { kind: 'number', isList: false } }),
        actionIr('tidy_up', { scope: 'global', returns: { kind: 'nothing', isList: false } }),
        actionIr('reindex', { scope: 'global', annotations: { internal: true } }),
      ],
    },
    'Contacts',
  ),
  named(
    {
      name: 'user',
      annotations: { enable: { trackHistory: true } },
      children: [{ name: 'users', object: 'user', field: 'manager' }],
      fields: { name: 'text', manager: lookup('user') },
    },
    'Users',
  ),
  named({ name: 'audit_entry', methods: ['get', 'list'], fields: { message: 'text' } }, 'AuditEntries'),
]
