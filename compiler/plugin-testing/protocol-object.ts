import type { ObjectDefinition } from '../spec/definitions.ts'

/** Name of the object that the checks of protocols work with. */
export const ITEM = 'objectql_check_item'

/**
 * The object that the checks of protocols work with: for a server that is not started by `protocolConformance`. Its actions: `raise` adds `by` to the record's `level`
 * and returns `{ level }`; `echo` returns its parameters.
 */
export const protocolObject: ObjectDefinition & { readonly name: string } = {
  name: ITEM,
  fields: {
    title: { type: 'text', required: true, maxLength: 100 },
    batch: { type: 'text' },
    code: { type: 'text', unique: true, maxLength: 100 },
    preset: { type: 'text', defaultValue: 'given' },
    notes: { type: 'textarea' },
    level: { type: 'number', scale: 0 },
    ratio: { type: 'number' },
    price: { type: 'currency', scale: 2 },
    share: { type: 'number', min: 0, max: 100 },
    active: { type: 'boolean' },
    day: { type: 'date' },
    moment: { type: 'datetime' },
    clock: { type: 'time' },
    kind: { type: 'select', options: ['red', 'green', 'blue'] },
    colours: { type: 'multiselect', options: ['red', 'green', 'blue'] },
    tags: { type: 'tags' },
    place: { type: 'location' },
    extra: { type: 'json' },
    email: { type: 'email' },
    secret: { type: 'password' },
    parent: { type: 'lookup', reference: ITEM },
  },
  actions: {
    raise: { type: 'record', params: { by: { type: 'number', min: 1, required: true } } },
    echo: { type: 'global', params: { text: { type: 'text', required: true }, list: { type: 'json' } } },
  },
}
