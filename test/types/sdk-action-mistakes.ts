import type { Mistake } from './sdk-mistakes.ts'

/** Actions, clones and histories. */
export const ACTION_MISTAKES: readonly Mistake[] = [
  {
    about: 'action: unknown',
    call: `client.contact.actions.sendInvitation('1', { subject: 'x' })`,
    says: /'sendInvitation' does not exist/,
  },
  {
    about: 'action: as it is spelled in the schema',
    call: `client.contact.actions.send_invite('1', { subject: 'x' })`,
    says: /'send_invite' does not exist/,
  },
  { about: 'action: of an object without any', call: `client.account.actions.archive('1')`, says: /'actions' does not exist/ },
  { about: 'action: internal', call: `client.contact.actions.reindex()`, says: /'reindex' does not exist/ },
  {
    about: 'action: without its record',
    call: `client.contact.actions.sendInvite({ subject: 'x' })`,
    says: /Expected 2-3 arguments|not assignable/,
  },
  { about: 'action: without parameters it needs', call: `client.contact.actions.sendInvite('1')`, says: /Expected 2-3 arguments/ },
  { about: 'action: without a parameter it needs', call: `client.contact.actions.sendInvite('1', {})`, says: /'subject' is missing/ },
  {
    about: 'action: unknown parameter',
    call: `client.contact.actions.sendInvite('1', { subject: 'x', chanel: 'mail' })`,
    says: /'chanel' does not exist/,
  },
  { about: 'action: wrong type', call: `client.contact.actions.sendInvite('1', { subject: 7 })`, says: /'number' is not assignable/ },
  {
    about: 'action: unknown option',
    call: `client.contact.actions.sendInvite('1', { subject: 'x', channel: 'fax' })`,
    says: /"fax"' is not assignable/,
  },
  {
    about: 'action: null in a required parameter',
    call: `client.contact.actions.sendInvite('1', { subject: null })`,
    says: /'null' is not assignable/,
  },
  {
    about: 'action: one id where a list is',
    call: `client.contact.actions.sendInvite('1', { subject: 'x', copies_to: '1' })`,
    says: /'string' is not assignable/,
  },
  {
    about: 'action: a record for a global one',
    call: `client.contact.actions.delete('1', { older_than: 3 })`,
    says: /not assignable|has no properties in common/,
  },
  {
    about: 'action: parameters of one without any',
    call: `client.contact.actions.archive('1', { reason: 'x' })`,
    says: /'reason' does not exist/,
  },
  {
    about: 'action: what it does not return',
    call: `client.contact.actions.sendInvite('1', { subject: 'x' }).then((contact) => contact.phone)`,
    says: /'phone' does not exist/,
  },
  {
    about: 'action: an unknown result without looking',
    call: `client.contact.actions.archive('1').then((result) => result.id)`,
    says: /of type 'unknown'/,
  },
  {
    about: 'action in process: unknown parameter',
    call: `app.contact.actions.sendInvite('1', { subject: 'x', chanel: 'mail' })`,
    says: /'chanel' does not exist/,
  },
  { about: 'action in process: unknown', call: `app.contact.actions.archve('1')`, says: /'archve' does not exist/ },
  {
    about: 'action function: unknown parameter',
    call: `sendInviteContact(connection, '1', { subject: 'x', chanel: 'mail' })`,
    says: /'chanel' does not exist/,
  },
  {
    about: 'action function: without the connection',
    call: `sendInviteContact('1', { subject: 'x' })`,
    says: /Expected 3-4 arguments|not assignable/,
  },
  { about: 'clone: unknown field', call: `client.account.clone('1', { nmae: 'x' })`, says: /'nmae' does not exist/ },
  {
    about: 'clone: unknown relation',
    call: `client.account.clone('1', {}, { children: ['contact'] })`,
    says: /"contact"' is not assignable/,
  },
  { about: 'clone: of an object that is only read', call: `client.audit_entry.clone('1')`, says: /'clone' does not exist/ },
  { about: 'clone function: unknown field', call: `cloneAccount(connection, '1', { nmae: 'x' })`, says: /'nmae' does not exist/ },
  { about: 'history: of an object that keeps none', call: `client.account.history('1')`, says: /'history' does not exist/ },
  { about: 'history: unknown option', call: `client.user.history('1', { limit: 5, after: '1' })`, says: /'after' does not exist/ },
]
