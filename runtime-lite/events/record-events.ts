import type { HookContext } from '../behaviour/hook-context.ts'
import type { HookRegistry } from '../behaviour/hook-registry.ts'
import type { RecordEvent } from './app-events.ts'

const CHANGES = { create: 'created', update: 'updated', delete: 'deleted', restore: 'restored', purge: 'purged' } as const

interface Bus {
  isHeard(name: string): boolean
  emit(name: string, payload: RecordEvent): unknown
}

/**
 * Tells of records once their transaction is committed: `record.created.account`, `record.updated.account`, `record.deleted.account`, and of a trash
 * `record.restored.account` and `record.purged.account`. Objects nobody listens to
 * are written as if there were no events.
 * @returns what has to be called when others listen than before.
 */
export function createRecordEvents(objectNames: readonly string[], bus: Bus, hooks: () => HookRegistry): () => void {
  const stopByObject = new Map<string, () => void>()
  const names = objectNames.map((object) => ({ object, events: Object.values(CHANGES).map((change) => `record.${change}.${object}`) }))

  function tell({ object, operation, id, result, previous, user }: HookContext): void {
    if (!Object.hasOwn(CHANGES, operation)) return
    const name = `record.${CHANGES[operation as keyof typeof CHANGES]}.${object}`
    if (!bus.isHeard(name)) return
    const record = (operation === 'delete' || operation === 'purge' ? (previous ?? result) : result) as RecordEvent['record']
    bus.emit(name, { object, id: id ?? String(record?.['id'] ?? ''), record, previous, user: user?.id })
  }

  return () => {
    for (const { object, events } of names) {
      const stop = stopByObject.get(object)
      const isHeard = events.some((name) => bus.isHeard(name))
      if (isHeard && !stop) stopByObject.set(object, hooks().add('afterCommit', object, tell))
      else if (!isHeard && stop) {
        stop()
        stopByObject.delete(object)
      }
    }
  }
}
