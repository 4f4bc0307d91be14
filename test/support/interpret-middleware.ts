import type { Random } from './random.ts'

type Kind = 'create' | 'update' | 'delete' | 'find' | 'get' | 'count'

/** A middleware or a hook as the tests make it up: printed as source for the compiler, and interpreted here. */
export interface ScriptedAround {
  readonly name: string
  readonly kind: 'middleware' | 'hook'
  readonly plugin: number
  readonly on: readonly Kind[]
  readonly phase: 'outer' | 'inner' | undefined
  readonly isAsync: boolean
  readonly does: 'pass' | 'mark' | 'refuse' | 'answer' | 'replace' | 'recover' | 'twice' | 'either' | 'again' | 'hidden'
  /** Of hooks. */
  readonly event: 'beforeCreate' | 'beforeUpdate' | 'beforeDelete'
}

const KINDS: readonly Kind[] = ['create', 'update', 'delete', 'find', 'get', 'count']

export function randomArounds(random: Random): readonly ScriptedAround[] {
  return Array.from({ length: 2 + random.below(6) }, (_, index): ScriptedAround => {
    const kind = random.chance(0.75) ? 'middleware' : 'hook'
    const does =
      kind === 'hook'
        ? random.pick(['pass', 'mark', 'refuse'] as const)
        : random.pick([
            ...(['pass', 'pass', 'mark', 'mark', 'refuse', 'answer', 'replace', 'recover', 'twice'] as const),
            ...(['either', 'again', 'hidden'] as const),
          ] as const)
    return {
      name: `m${index}`,
      kind,
      plugin: random.below(2),
      on: KINDS.filter(() => random.chance(0.5)),
      phase: random.pick(['outer', 'inner', undefined, undefined] as const),
      isAsync: ['replace', 'recover', 'twice', 'either', 'again', 'hidden'].includes(does) || random.chance(0.3),
      does,
      event: random.pick(['beforeCreate', 'beforeUpdate', 'beforeDelete'] as const),
    }
  })
}

const isMade = (kind: Kind): boolean => kind === 'create' || kind === 'update'

function bodyOf({ name, does }: ScriptedAround): string {
  switch (does) {
    case 'mark':
      return `if (ctx.method === 'create' || ctx.method === 'update') ctx.data.note = (ctx.data.note ?? '') + '${name};'\n      return next()`
    case 'refuse':
      return `throw new Error('${name} refuses')`
    case 'answer':
      return `return ctx.method === 'count' ? 7 : ctx.method === 'find' ? [] : { id: 'own', title: '${name}', note: null }`
    case 'replace':
      return `const got = await next()\n      globalThis.aroundCalls.push('${name} again')\n      return typeof got === 'number' ? got + 1 : Array.isArray(got) ? got.slice(1) : got === null ? null : { ...got, title: got.title + '${name}' }`
    case 'recover':
      return `try { return await next() } catch { globalThis.aroundCalls.push('${name} recovers'); return ctx.method === 'count' ? -1 : ctx.method === 'find' ? [] : { id: 'saved', title: '${name}', note: null } }`
    case 'twice':
      return 'await next()\n      return next()'
    case 'either':
      return `if (ctx.method === 'create') return await next()\n      return ctx.method === 'get' ? await next() : next()`
    case 'again':
      return 'try { return await next() } catch { return next() }'
    case 'hidden':
      return 'const calls = [next, next]\n      let got\n      for (const call of calls) got = await call()\n      return got'
    default:
      return 'return next()'
  }
}

/** The module of a plugin. Calls are told to `globalThis.aroundCalls`. */
export const pluginSource = (arounds: readonly ScriptedAround[], plugin: number): string => `declare global { var aroundCalls: string[] }
export default {
  name: 'p${plugin}', version: '1.0.0',${plugin === 0 ? " dependencies: ['p1']," : ''}
  middleware: [
${arounds
  .filter((one) => one.kind === 'middleware' && one.plugin === plugin)
  .map(
    (
      one,
    ) => `    { name: '${one.name}', objects: 'item', on: [${one.on.map((kind) => `'${kind}'`).join(', ')}],${one.phase ? ` phase: '${one.phase}',` : ''}
    ${one.isAsync ? 'async ' : ''}execute(ctx: any, next: any) {
      globalThis.aroundCalls.push('${one.name} ' + ctx.method)
      ${bodyOf(one)}
    } },`,
  )
  .join('\n')}
  ],
  hooks: [
${arounds
  .filter((one) => one.kind === 'hook' && one.plugin === plugin)
  .map(
    (one) => `    { name: '${one.name}', object: 'item', events: ['${one.event}'], handler(ctx: any) {
      globalThis.aroundCalls.push('${one.name} ' + ctx.event)
      ${one.does === 'mark' ? `ctx.data.note = (ctx.data.note ?? '') + '${one.name};'` : one.does === 'refuse' ? `throw new Error('${one.name} refuses')` : ''}
    } },`,
  )
  .join('\n')}
  ],
}
`

export interface Item {
  readonly id: string
  readonly title: string
  readonly note: string | null
}

export interface Asked {
  readonly kind: Kind
  readonly id: string
  readonly title: string
}

export interface Outcome {
  readonly calls: readonly string[]
  readonly result: unknown
  /** Status of the error, if it ended with one. */
  readonly status: number | undefined
}

class Failed extends Error {
  readonly status: number
  constructor(status: number) {
    super(String(status))
    this.status = status
  }
}

const RANK = { outer: 0, between: 1, inner: 2 }

/** What an operation does and answers, the slow way. The plugin 1 starts before the plugin 0, which needs it. */
export function interpretArounds(arounds: readonly ScriptedAround[], items: Map<string, Item>, { kind, id, title }: Asked): Outcome {
  const calls: string[] = []
  const ordered = [...arounds].sort((a, b) => b.plugin - a.plugin)
  const middleware = ordered
    .filter((one) => one.kind === 'middleware' && one.on.includes(kind))
    .sort((a, b) => RANK[a.phase ?? 'between'] - RANK[b.phase ?? 'between'])
  const event = `before${kind[0]?.toUpperCase()}${kind.slice(1)}`
  const hooks = ordered
    .filter((one) => one.kind === 'hook' && one.event === event)
    .sort((a, b) => b.plugin - a.plugin || (a.name < b.name ? -1 : 1))
  let note: string | undefined

  function operation(): unknown {
    for (const hook of hooks) {
      calls.push(`${hook.name} ${event}`)
      if (hook.does === 'refuse') throw new Failed(422)
      if (hook.does === 'mark' && isMade(kind)) note = `${note ?? ''}${hook.name};`
    }
    const known = items.get(id)
    if (kind === 'find') return [...items.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    if (kind === 'count') return items.size
    if (kind === 'get') return known ?? null
    if (kind === 'create') {
      if (known) throw new Failed(409)
      items.set(id, { id, title, note: note ?? null })
      return items.get(id)
    }
    if (!known) throw new Failed(404)
    if (kind === 'delete') {
      items.delete(id)
      return known
    }
    items.set(id, { id, title, note: note ?? known.note })
    return items.get(id)
  }

  /** What an error undoes. */
  function kept(work: () => unknown): unknown {
    const before = new Map(items)
    try {
      return work()
    } catch (error) {
      items.clear()
      for (const [key, item] of before) items.set(key, item)
      throw error
    }
  }

  function enter(at: number): unknown {
    const one = middleware[at]
    if (!one) return kept(operation)
    const { name, does } = one
    calls.push(`${name} ${kind}`)
    const own: Item = { id: does === 'recover' ? 'saved' : 'own', title: name, note: null }
    switch (does) {
      case 'mark':
        if (isMade(kind)) note = `${note ?? ''}${name};`
        return enter(at + 1)
      case 'refuse':
        throw new Failed(422)
      case 'answer':
        return kind === 'count' ? 7 : kind === 'find' ? [] : own
      case 'replace': {
        const got = enter(at + 1)
        calls.push(`${name} again`)
        if (typeof got === 'number') return got + 1
        if (Array.isArray(got)) return got.slice(1)
        return got === null ? null : { ...(got as Item), title: `${(got as Item).title}${name}` }
      }
      case 'recover':
        try {
          return enter(at + 1)
        } catch {
          calls.push(`${name} recovers`)
          return kind === 'count' ? -1 : kind === 'find' ? [] : own
        }
      case 'again':
        try {
          return enter(at + 1)
        } catch {
          throw new Failed(500)
        }
      case 'hidden':
      case 'twice':
        enter(at + 1)
        throw new Failed(500)
      default:
        return enter(at + 1)
    }
  }

  try {
    const result = kept(() => enter(0))
    return { calls, result: kind === 'delete' ? undefined : result, status: undefined }
  } catch (error) {
    return { calls, result: undefined, status: (error as Failed).status }
  }
}
