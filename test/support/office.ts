import type { AppIr } from '../../compiler/ir/object.ts'
import { appIr, objectIr } from './ir.ts'

/** A small application with a field of every kind, used wherever a test needs something to talk to. */
export const officeApp = (rest: Partial<AppIr> = {}): AppIr =>
  appIr(
    [
      objectIr({
        name: 'account',
        label: 'Account',
        children: [
          { name: 'accounts', object: 'account', field: 'parent' },
          { name: 'tasks', object: 'task', field: 'account' },
        ],
        fields: {
          name: { type: 'text', isRequired: true, value: { kind: 'string', maxLength: 80 } },
          email: { type: 'email', isUnique: true },
          revenue: 'currency',
          employees: { type: 'number', value: { kind: 'number', isInteger: true } },
          active: 'boolean',
          founded: 'date',
          seen_at: 'datetime',
          opens: 'time',
          stage: 'select',
          tags: 'tags',
          notes: 'textarea',
          extra: 'json',
          place: 'location',
          pin: 'secret',
          owner: { type: 'lookup', reference: { object: 'user' } },
          team: { type: 'lookup', isList: true, reference: { object: 'user' } },
          parent: { type: 'lookup', reference: { object: 'account', onDelete: 'restrict' } },
          number: { type: 'autonumber', value: { kind: 'string' } },
        },
      }),
      objectIr({ name: 'log', label: 'Log', fields: { line: 'text' }, methods: ['get', 'list'] }),
      objectIr({
        name: 'order line',
        label: 'Order line',
        fields: Object.fromEntries([
          ['a b', 'text'],
          ['constructor', 'text'],
        ] as const),
      }),
      objectIr({
        name: 'task',
        label: 'Task',
        fields: {
          title: { type: 'text', default: { kind: 'literal', value: 'untitled' } },
          account: { type: 'lookup', reference: { object: 'account', onDelete: 'cascade' } },
        },
      }),
      objectIr({
        name: 'user',
        label: 'User',
        children: [
          { name: 'accounts', object: 'account', field: 'owner' },
          { name: 'users', object: 'user', field: 'boss' },
        ],
        fields: { name: 'text', boss: { type: 'lookup', reference: { object: 'user' } } },
      }),
      objectIr({ name: 'vault', label: 'Vault', fields: { content: 'text' }, methods: [] }),
    ],
    rest,
  )
