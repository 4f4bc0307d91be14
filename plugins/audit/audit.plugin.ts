import { PluginBuilder, refusal } from 'objectql/plugin-sdk'
import { AUDIT_CONFIG_SCHEMA, type AuditConfig } from './audit-config.ts'
import { auditStoreOf } from './audit-store.ts'
import { AuditTrail } from './audit-trail.ts'
import { chainNames } from './chain-names.ts'
import { maskOf } from './differences.ts'
import { pruneChain } from './prune-chain.ts'
import { type Verification, verifyChain } from './verify-chain.ts'
import { watchWrites } from './watch-writes.ts'

/** What other plugins may ask of this one: `services.get<Audit>('audit')`. */
export interface Audit {
  /** One chain, or all. `known`: an end of the chain that was noted before. */
  verify(chain?: string, options?: { readonly known?: { readonly sequence: number; readonly hash: string } }): Promise<Verification[]>
  /** Deletes entries that are older than so many days. Resolves to their number. */
  prune(days: number): Promise<number>
}

const OWN = ['audit_entry', 'audit_chain']
const DAY_MS = 86_400_000

/** The audit of each running application, found by what its hooks and actions have in common. */
const auditBy = new WeakMap<object, { readonly audit: Audit; readonly roles: readonly string[] | undefined }>()

function auditOf({ sudo, roles }: { readonly sudo: () => object; readonly roles: readonly string[] }): Audit {
  const found = auditBy.get(sudo())
  if (!found) throw refusal(503, 'UNAVAILABLE', 'The audit trail has not started.')
  if (found.roles && !found.roles.some((role) => roles.includes(role))) throw refusal(403, 'FORBIDDEN', 'This needs another role.')
  return found.audit
}

/** Entries hold values of records that whoever reads them may not be allowed to see. */
const readersOnly =
  (wanted: readonly string[]) =>
  ({ isSystem, roles }: { readonly isSystem: boolean; readonly roles: readonly string[] }): void => {
    if (!isSystem && !wanted.some((role) => roles.includes(role))) throw refusal(403, 'FORBIDDEN', 'This needs another role.')
  }

/** Who changed what, when, and what it was before: written in the same transaction, in chains that show every change made to them. */
export default new PluginBuilder()
  .name('audit')
  .label('Audit trail')
  .version('1.0.0')
  .description('Keeps who changed what and when, in chains of hashes.')
  .provides('audit-trail')
  .configSchema<AuditConfig>(AUDIT_CONFIG_SCHEMA)
  .object('audit_entry', {
    label: 'Audit entry',
    description: 'What was done to one record. Written by the application alone.',
    enable: { apiMethods: ['get', 'list', 'aggregate'] },
    indexes: { audit_entry_place: { fields: ['chain', 'sequence'], unique: true }, audit_entry_record: { fields: ['object', 'record'] } },
    fields: {
      chain: { type: 'text', required: true, maxLength: 100 },
      sequence: { type: 'number', scale: 0, required: true, min: 1 },
      at: { type: 'datetime', required: true },
      actor: { type: 'text', maxLength: 255, description: 'Id of the user; empty when nobody in particular asked.' },
      actor_name: { type: 'text', maxLength: 255 },
      operation: { type: 'select', options: ['create', 'update', 'delete', 'restore', 'purge'], required: true },
      object: { type: 'text', required: true, maxLength: 100 },
      record: { type: 'text', required: true, maxLength: 255 },
      changes: { type: 'json', description: 'By field: what it was (from) and what it is (to).' },
      previous_hash: { type: 'text', required: true, maxLength: 64 },
      hash: { type: 'text', required: true, maxLength: 64 },
    },
  })
  .object('audit_chain', {
    label: 'Audit chain',
    description: 'Where each chain of entries ends.',
    enable: { apiMethods: ['get', 'list'] },
    fields: {
      sequence: { type: 'number', scale: 0, required: true, min: 0 },
      hash: { type: 'text', required: true, maxLength: 64 },
      checkpoint_sequence: { type: 'number', scale: 0, required: true, min: 0 },
      checkpoint_hash: { type: 'text', required: true, maxLength: 64 },
      seal: { type: 'text', maxLength: 64, description: 'Holds its ends together, where there is a key.' },
    },
  })
  .action('audit_entry', 'verify', {
    label: 'Verify',
    type: 'global',
    description: 'Walks the chains and names the first entry of each that is not what was written.',
    params: {
      chain: { type: 'text', description: 'One chain. Default: all.' },
      known_sequence: { type: 'number', scale: 0, min: 1, description: 'An end of the chain that was noted before.' },
      known_hash: { type: 'text' },
    },
    handler: async (context) => {
      const {
        chain,
        known_sequence: sequence,
        known_hash: hash,
      } = context.input as { chain?: string; known_sequence?: number; known_hash?: string }
      const known = sequence !== undefined && hash !== undefined ? { known: { sequence, hash } } : {}
      const chains = await auditOf({ sudo: () => context.sudo(), roles: context.roles }).verify(chain, known)
      return { is_intact: chains.every(({ is_intact }) => is_intact), chains }
    },
  })
  .action('audit_entry', 'prune', {
    label: 'Prune',
    type: 'global',
    internal: true,
    description: 'Deletes old entries; the chains go on from a checkpoint. Gives their number.',
    params: { days: { type: 'number', scale: 0, min: 0, required: true, description: 'What is older goes.' } },
    handler: (context) =>
      auditOf({ sudo: () => context.sudo(), roles: context.roles }).prune((context.input as { readonly days: number }).days),
  })
  .start(async ({ app, config, metadata, services, logger, signal }) => {
    const { include, exclude = [], mask = [], chain = 'object', key_variable, retention_days, max_value_length = 4000, roles } = config
    const key = key_variable === undefined ? undefined : process.env[key_variable]
    if (key_variable !== undefined && !key)
      throw new Error(`The environment variable ${key_variable} with the key of the audit trail is empty.`)
    const known = metadata.list('object').map(({ name }) => name)
    for (const name of [...(include ?? []), ...exclude])
      if (!known.includes(name)) throw new Error(`There is no object "${name}" to audit.`)
    const objects = (include ?? known).filter((name) => !exclude.includes(name) && !OWN.includes(name))
    const keepings = new Map(
      objects.map((name) => {
        const fields = metadata.get('object', name)?.['fields'] as Readonly<Record<string, { readonly type?: unknown }>> | undefined
        return [name, { isMasked: maskOf(name, fields ?? {}, mask), maxLength: max_value_length }]
      }),
    )
    const store = auditStoreOf(app)
    const trail = new AuditTrail(store, {
      chainOf: (object) => (chain === 'one' ? 'all' : object),
      keepingOf: (object) => keepings.get(object) ?? { isMasked: () => true, maxLength: max_value_length },
      key,
      now: Date.now,
    })
    const wanted = [...new Set(objects.map(trail.options.chainOf))]
    const audit: Audit = {
      verify: (one, { known: noted } = {}) =>
        app.sudo(async () => {
          const verified: Verification[] = []
          for (const name of one === undefined ? await chainNames(store, wanted) : [one])
            verified.push(await verifyChain(store, name, { key, known: noted }))
          return verified
        }),
      prune: (days) =>
        app.sudo(async () => {
          const before = new Date(Date.now() - days * DAY_MS).toISOString()
          let count = 0
          for (const name of await chainNames(store, []))
            if (await store.chains.get(name)) count += await pruneChain(store, name, { before, key })
          return count
        }),
    }
    services.provide('audit', audit)
    // Actions know the application by what it gives all of its hooks and actions.
    const off = app.on('beforeFind', 'audit_chain', (context) => void auditBy.set(context.sudo(), { audit, roles }))
    try {
      await trail.open(wanted)
    } finally {
      off()
    }
    if (roles) for (const name of OWN) app.on('beforeFind', name, readersOnly(roles), 'audit')
    else logger.warn('Whoever reaches the API can read the audit trail and have it verified: say who may ("roles").')
    const watching = { packageId: 'audit', isFirst: true, locksPrevious: true }
    for (const object of objects) watchWrites((event, name, handler) => app.on(event, name, handler, watching), object, trail)
    signal.addEventListener('abort', () => app.unregisterHooks('audit'))
    if (retention_days === undefined) return
    const prune = (): void =>
      void audit.prune(retention_days).then(
        (count) => count > 0 && logger.info(`${count} entries of the audit trail were older than ${retention_days} days.`),
        (error: Error) => logger.error(error.message),
      )
    const timer = setInterval(prune, DAY_MS)
    timer.unref()
    signal.addEventListener('abort', () => clearInterval(timer))
    prune()
  })
  .build()
