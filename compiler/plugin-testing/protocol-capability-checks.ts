import { AssertionError } from 'node:assert'
import { expectSame } from './conformance.ts'
import type { ProtocolAdapter, ProtocolRecord } from './protocol-adapter.ts'
import { ITEM } from './protocol-object.ts'
import { expectMembers, invalidAt, NOT_FOUND, type ProtocolCheck, type ProtocolScene } from './protocol-scene.ts'

/** What not every protocol has. */
export type ProtocolCapability = 'versions' | 'actions'

const STALE = { status: 412, code: 'PRECONDITION_FAILED' }

function versionOf({ adapter }: ProtocolScene, id: string): Promise<string> {
  if (!adapter.version) throw new AssertionError({ message: 'The adapter has no function "version".' })
  return adapter.version(ITEM, id)
}

function act(adapter: ProtocolAdapter, id: string | undefined, action: string, params: ProtocolRecord): Promise<unknown> {
  if (!adapter.act) throw new AssertionError({ message: 'The adapter has no function "act".' })
  return adapter.act(ITEM, id, action, params)
}

export const protocolCapabilityChecks: Readonly<Record<ProtocolCapability, readonly ProtocolCheck[]>> = {
  versions: [
    [
      'versions: a record that was changed since is neither changed nor deleted',
      async (scene) => {
        const { adapter, create, get, update, refused } = scene
        const { id } = await create({ title: 'first' })
        const first = await versionOf(scene, id)
        expectSame('version of a record that nobody changed', await versionOf(scene, id), first)
        await update(id, { title: 'second' })
        const second = await versionOf(scene, id)
        expectSame('the same version after a change', first === second, false)
        await refused('a change', () => adapter.update(ITEM, id, { title: 'late' }, first), STALE)
        await refused('deleting', () => adapter.delete(ITEM, id, first), STALE)
        expectMembers('the record', await get(id), { title: 'second' })
        await adapter.update(ITEM, id, { title: 'third' }, second)
        expectMembers('the record', await get(id), { title: 'third' })
        await adapter.delete(ITEM, id, await versionOf(scene, id))
        await refused('reading what was deleted', () => get(id), NOT_FOUND)
      },
    ],
    [
      'versions: of several who change the same version one succeeds',
      async (scene) => {
        const { adapter, create, get } = scene
        const { id } = await create({ title: 'first' })
        const version = await versionOf(scene, id)
        const all = await Promise.allSettled(
          Array.from({ length: 8 }, (_, index) => adapter.update(ITEM, id, { title: `change ${index}`, level: index }, version)),
        )
        const codes = all.map((one) => (one.status === 'fulfilled' ? 'changed' : adapter.problemOf(one.reason)?.code))
        expectSame('outcomes', codes.toSorted(), [...Array.from({ length: 7 }, () => STALE.code), 'changed'])
        const winner = codes.indexOf('changed')
        expectMembers('the record', await get(id), { title: `change ${winner}`, level: winner })
      },
    ],
  ],
  actions: [
    [
      'actions: of a record and of the object, with what they return',
      async ({ adapter, create, get }) => {
        const { id } = await create({ level: 1 })
        expectSame('what the action of a record returns', await act(adapter, id, 'raise', { by: 2 }), { level: 3 })
        expectMembers('the record', await get(id), { level: 3 })
        const params = { text: `O'Neil 漢🌊`, list: [1, null, { a: [] }] }
        expectSame('what the action of the object returns', await act(adapter, undefined, 'echo', params), params)
      },
    ],
    [
      'actions: parameters, records and actions that there are not',
      async ({ adapter, batch, create, get, refused }) => {
        const { id } = await create({ level: 1 })
        await refused('no parameter', () => act(adapter, id, 'raise', {}), invalidAt(['/by', 'required']))
        await refused('a small parameter', () => act(adapter, id, 'raise', { by: 0 }), invalidAt(['/by', 'min']))
        await refused('a parameter of another type', () => act(adapter, id, 'raise', { by: '2' }), invalidAt(['/by', 'type']))
        await refused('an unknown parameter', () => act(adapter, id, 'raise', { by: 1, to: 2 }), invalidAt(['/to', 'unknown_field']))
        await refused('no such action', () => act(adapter, id, 'no_such_action', {}), NOT_FOUND)
        await refused('no such record', () => act(adapter, `${batch}-nobody`, 'raise', { by: 1 }), NOT_FOUND)
        expectMembers('the record', await get(id), { level: 1 })
      },
    ],
  ],
}
