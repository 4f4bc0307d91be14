import type { Random } from './random.ts'

/** A hook as the tests make it up: printed as source for the compiler, and interpreted here. */
export interface ScriptedHook {
  readonly name: string
  readonly event: string
  readonly priority: number
  readonly isAsync: boolean
  /** What it does, besides telling that it was called. */
  readonly does: 'mark' | 'throw' | 'stop' | 'write' | 'flaky' | 'move'
  /** How often a flaky one fails in a row before it succeeds. */
  readonly fails: number
  readonly onError: 'abort' | 'log' | 'ignore'
  readonly isDetached: boolean
  readonly condition?: ScriptedCondition
}

/** When a hook is called: in source, and as the interpreter works it out. */
interface ScriptedCondition {
  readonly source: string
  readonly holds: (record: Partial<Item>, previous: Item | undefined, kind: Operation['kind']) => boolean
  /** It looks at related records, which nobody does once the transaction has ended. */
  readonly isRelated?: true
}

export const KEEPERS = [{ id: 'k0', town: 'Oslo' }, { id: 'k1' }]
export const SHELVES = [
  { id: 's0', label: 'high', keeper: 'k0' },
  { id: 's1', label: 'low', keeper: 'k1' },
  { id: 's2', label: 'high' },
  { id: 's3', keeper: 'k0' },
]

type Shelf = { readonly id: string; readonly label?: string; readonly keeper?: string }

const shelfOf = (item: Partial<Item> | undefined): Shelf | undefined => SHELVES.find(({ id }) => id === item?.shelf)
const townOf = (item: Partial<Item> | undefined): string | undefined => KEEPERS.find(({ id }) => id === shelfOf(item)?.keeper)?.town

const CONDITIONS: readonly ScriptedCondition[] = [
  { source: `'record.note != null'`, holds: ({ note }) => (note ?? null) !== null },
  {
    source: `{ dialect: 'cel', source: 'record.note == previous.note' }`,
    holds: ({ note }, old) => (note ?? null) === (old?.note ?? null),
  },
  {
    source: `'ISCHANGED(title) AND NOT(ISBLANK(note))'`,
    holds: ({ title, note }, old, kind) => kind !== 'create' && title !== old?.title && (note ?? '') !== '',
  },
  { source: `"title.startsWith('changed')"`, holds: ({ title }) => title?.startsWith('changed') === true },
  { source: `'$is_new || previous.title == null'`, holds: (_record, old, kind) => kind === 'create' || (old?.title ?? null) === null },
  { source: `{ dialect: 'spreadsheet', source: 'LEN(title) > 7' }`, holds: ({ title }) => (title ?? '').length > 7 },
  { source: `"record.shelf.label == 'high'"`, holds: (record) => shelfOf(record)?.label === 'high', isRelated: true },
  { source: `'NOT(ISBLANK(shelf.keeper.town))'`, holds: (record) => (townOf(record) ?? '') !== '', isRelated: true },
  {
    source: `"previous.shelf.label != record.shelf.label"`,
    holds: (record, old) => (shelfOf(old)?.label ?? null) !== (shelfOf(record)?.label ?? null),
    isRelated: true,
  },
  {
    source: `"title.startsWith('changed') && shelf.keeper.town == 'Oslo' && shelf.label == 'high'"`,
    holds: (record) => record.title?.startsWith('changed') === true && townOf(record) === 'Oslo' && shelfOf(record)?.label === 'high',
    isRelated: true,
  },
  { source: `"previous.shelf.keeper.town == 'Oslo'"`, holds: (_record, old) => townOf(old) === 'Oslo', isRelated: true },
  { source: `(ctx: any) => ctx.isModified('title')`, holds: ({ title }, old, kind) => kind !== 'delete' && title !== old?.title },
]

const EVENTS = ['beforeCreate', 'afterCreate', 'beforeUpdate', 'afterUpdate', 'beforeDelete', 'afterDelete']
const TRASH_EVENTS = ['beforeRestore', 'afterRestore', 'beforePurge', 'afterPurge']
const ENDS = ['afterCommit', 'afterRollback']

export const RETRIES = 2

/** `hasTrash`: items that are deleted stay, and come back. */
export function randomHooks(random: Random, hasTrash = false): readonly ScriptedHook[] {
  const operations = hasTrash ? [...EVENTS, ...TRASH_EVENTS] : EVENTS
  const areSynchronous = random.chance(0.3)
  return Array.from({ length: 1 + random.below(9) }, (_, index): ScriptedHook => {
    const event = random.pick(areSynchronous ? operations : [...operations, ...ENDS])
    const ends = event.endsWith('Commit') || event.endsWith('Rollback')
    const does = ends
      ? 'mark'
      : random.pick(
          areSynchronous ? ['mark', 'mark', 'throw', 'stop', 'move'] : ['mark', 'mark', 'throw', 'stop', 'write', 'flaky', 'move'],
        )
    const isLate = ends
    return {
      name: `h${index}`,
      event,
      priority: 100 * random.below(3),
      isAsync: !areSynchronous && (does === 'write' || random.chance(0.5)),
      does: does as ScriptedHook['does'],
      fails: random.below(RETRIES + 2),
      onError: does === 'throw' && !random.chance(0.25) ? random.pick(['log', 'ignore']) : 'abort',
      isDetached: !areSynchronous && !ends && event.startsWith('after') && does === 'mark' && random.chance(0.4),
      ...(random.chance(0.6) ? { condition: random.pick(CONDITIONS.filter(({ isRelated }) => !(isLate && isRelated))) } : {}),
    }
  })
}

/** The module that exports them. Calls are told to `globalThis.hookCalls`. */
export const hookSource = (hooks: readonly ScriptedHook[]): string =>
  hooks
    .map((hook) => {
      const { name, event, priority, isAsync, onError, isDetached } = hook
      const said = [
        `name: '${name}', object: 'item', events: ['${event}'], priority: ${priority}, onError: '${onError}'`,
        ...(isDetached ? ['async: true'] : []),
        ...(hook.condition ? [`condition: ${hook.condition.source}`] : []),
        ...(hook.does === 'flaky' ? [`retryPolicy: { maxRetries: ${RETRIES}, backoffMs: 10 }`] : []),
      ]
      return `export const ${name} = {
  ${said.join(', ')},
  ${isAsync ? 'async ' : ''}handler(ctx: any) {
    globalThis.hookCalls.push('${name} ' + ctx.event)
    ${isAsync ? 'await null' : ''}
    ${bodyOf(hook)}
  },
}`
    })
    .join('\n')

function bodyOf({ name, event, does, fails }: ScriptedHook): string {
  switch (does) {
    case 'throw':
      return `throw new Error('${name} refuses')`
    case 'stop':
      return 'ctx.stopPropagation()'
    case 'write':
      return `await ctx.api.object('audit').create({ line: '${name}' })`
    case 'flaky':
      return `if ((ctx.state.${name} = (ctx.state.${name} ?? 0) + 1) <= ${fails}) throw new Error('${name} fails')`
    case 'move':
      return isBefore(event) ? "ctx.data.shelf = 's3'" : ''
    default:
      return event === 'beforeCreate' || event === 'beforeUpdate' ? `ctx.data.note = (ctx.data.note ?? '') + '${name};'` : ''
  }
}

const isBefore = (event: string): boolean => event === 'beforeCreate' || event === 'beforeUpdate'

export interface Item {
  readonly id: string
  title: string
  note: string | null
  shelf: string | null
}

/** What the records are, as plain data. */
export interface World {
  items: Map<string, Item>
  /** Those that are deleted and stay. Absent: none does. */
  trashed?: Map<string, Item>
  audit: string[]
}

export type Operation =
  | { readonly kind: 'create'; readonly records: readonly { readonly id: string; readonly title: string; readonly shelf: string | null }[] }
  /** Of several records: in the order of their ids. */
  | { readonly kind: 'update'; readonly ids: readonly string[]; readonly title: string; readonly shelf?: string | null }
  | { readonly kind: 'delete' | 'restore' | 'purge'; readonly ids: readonly string[] }

interface Change {
  readonly id: string
  title?: string
  note?: string
  shelf?: string | null
}

/** It neither waits nor looks at other records. */
const isIndependent = ({ isAsync, does, condition }: ScriptedHook): boolean =>
  !isAsync && (does === 'mark' || does === 'throw' || does === 'stop' || does === 'move') && condition?.source.startsWith('(') !== true

/** Its condition reads related records, while the transaction is open. */
const looksBeyond = ({ condition, event }: ScriptedHook): boolean => condition?.isRelated === true && !/(?:Commit|Rollback)$/.test(event)

/** Does one operation in the slowest way there is. Gives the calls in order; throws nothing: `isDone` says whether it was kept. */
export function interpretHooks(hooks: readonly ScriptedHook[], world: World, operation: Operation): { calls: string[]; isDone: boolean } {
  const calls: string[] = []
  const detached: string[] = []
  const { trashed } = world
  const before: World = {
    items: new Map([...world.items].map(([id, item]) => [id, { ...item }])),
    ...(trashed ? { trashed: new Map(trashed) } : {}),
    audit: [...world.audit],
  }
  const isOfTrash = operation.kind === 'restore' || operation.kind === 'purge'
  const of = (event: string): readonly ScriptedHook[] =>
    hooks.filter((hook) => hook.event === event).sort((left, right) => left.priority - right.priority || (left.name < right.name ? -1 : 1))
  const phase = (event: string, change: Change): void => {
    const previous = operation.kind === 'create' ? undefined : (isOfTrash ? before.trashed : before.items)?.get(change.id)
    for (const hook of of(event)) {
      const record = operation.kind === 'delete' || isOfTrash ? { ...previous } : { ...previous, ...change }
      if (hook.condition && !hook.condition.holds(record, previous, operation.kind)) continue
      if (hook.isDetached) {
        detached.push(`${hook.name} ${event}`)
        continue
      }
      try {
        if (call(hook, change)) return
      } catch (error) {
        if (hook.onError === 'abort') throw error
      }
    }
  }
  /** True: the hooks after it are left out. */
  const call = ({ name, event, does, fails }: ScriptedHook, change: Change): boolean => {
    calls.push(`${name} ${event}`)
    if (does === 'throw') throw new Error(`${name} refuses`)
    if (does === 'write') world.audit.push(name)
    if (does === 'mark' && (event === 'beforeCreate' || event === 'beforeUpdate')) change.note = `${change.note ?? ''}${name};`
    if (does === 'move' && isBefore(event)) change.shelf = 's3'
    if (does === 'flaky') {
      for (let failure = 1; failure <= Math.min(fails, RETRIES); failure++) calls.push(`${name} ${event}`)
      if (fails > RETRIES) throw new Error(`${name} fails`)
    }
    return does === 'stop'
  }
  const changes: readonly Change[] =
    operation.kind === 'create'
      ? operation.records.map((record) => ({ ...record }))
      : operation.ids.map((id) => {
          if (operation.kind !== 'update') return { id }
          return { id, title: operation.title, ...(operation.shelf === undefined ? {} : { shelf: operation.shelf }) }
        })
  const word = { create: 'Create', update: 'Update', delete: 'Delete', restore: 'Restore', purge: 'Purge' }[operation.kind]
  /** Operations that began: those after one that fails do not. */
  const begun: Change[] = []
  const end = (event: string): void => {
    for (const change of begun) phase(event, change)
  }
  try {
    // Others than new records are written together where no hook before them can tell.
    const isTogether = operation.kind === 'create' || isOfTrash || (of(`before${word}`).every(isIndependent) && !hooks.some(looksBeyond))
    const batches = isTogether ? [changes] : changes.map((change) => [change])
    for (const batch of batches) {
      begun.push(...batch)
      for (const change of batch) phase(`before${word}`, change)
      for (const { id, title = '', note, shelf } of batch) {
        const known = world.items.get(id)
        if (operation.kind === 'delete' && known) trashed?.set(id, known)
        if (operation.kind === 'restore') world.items.set(id, trashed?.get(id) as Item)
        if (isOfTrash) trashed?.delete(id)
        else if (operation.kind === 'delete') world.items.delete(id)
        else
          world.items.set(id, { id, title, note: note ?? known?.note ?? null, shelf: shelf === undefined ? (known?.shelf ?? null) : shelf })
      }
      for (const change of batch) phase(`after${word}`, change)
    }
  } catch {
    world.items = before.items
    if (before.trashed) world.trashed = before.trashed
    world.audit = before.audit
    end('afterRollback')
    return { calls, isDone: false }
  }
  end('afterCommit')
  calls.push(...detached)
  return { calls, isDone: true }
}
