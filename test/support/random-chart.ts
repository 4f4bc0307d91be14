import type { ChartMachine, ChartState, ChartTransition, Note } from './interpret-chart.ts'
import type { Random } from './random.ts'

export const EVENTS = ['A', 'B', 'C']

interface Shape {
  readonly path: string
  readonly name: string
  readonly kind: 'atomic' | 'final' | 'compound' | 'parallel' | 'history'
  readonly children: Shape[]
  /** Names of the states beside it that may be entered, itself included. */
  readonly siblings: readonly string[]
}

/** A machine with several states at once and histories. Names are unique; what leads on by itself leads to later siblings, so it ends. */
export function randomChart(one: Random, id: string): { readonly machine: ChartMachine; readonly names: readonly string[] } {
  let count = 0
  let marks = 0
  let delays = 0
  let fields = 0
  const shape = (path: string, depth: number, isParallel: boolean): Shape[] => {
    const names = Array.from({ length: 2 + one.below(2) }, () => `s${count++}`)
    const made = names.map((name, index): Shape => {
      const own = path === '' ? name : `${path}.${name}`
      const kind =
        depth < 3 && one.chance(isParallel ? 0.8 : depth === 0 && index === 0 ? 0.8 : 0.35)
          ? !isParallel && one.chance(0.6)
            ? 'parallel'
            : 'compound'
          : one.chance(0.2) && index > 0
            ? 'final'
            : 'atomic'
      const children = kind === 'atomic' || kind === 'final' ? [] : shape(own, depth + 1, kind === 'parallel')
      return { path: own, name, kind, children, siblings: names }
    })
    if (path === '' || !one.chance(0.5)) return made
    const name = `h${count++}`
    return [...made, { path: `${path}.${name}`, name, kind: 'history', children: [], siblings: names }]
  }
  const top = one.chance(0.15)
  const roots = shape('', top ? 1 : 0, top)
  const flat = (shapes: readonly Shape[]): readonly Shape[] => shapes.flatMap((state) => [state, ...flat(state.children)])
  const all = flat(roots)
  const notes = (): readonly Note[] =>
    Array.from({ length: one.pick([0, 0, 1]) }, () => ({ type: 'note', params: `${(marks++).toString(36)},` }))
  const conditions = (): Pick<ChartTransition, 'cond' | 'in'> => ({
    ...(one.chance(0.3) ? { cond: `n ${one.pick(['>', '<='])} ${one.below(10)}` } : {}),
    ...(one.chance(0.15) ? { in: `#${id}.${one.pick(all.filter(({ kind }) => kind !== 'history')).path}` } : {}),
  })
  const target = (state: Shape, isRegion: boolean): string =>
    !isRegion && one.chance(0.5) ? one.pick(state.siblings) : `#${id}.${one.pick(all).path}`
  const transition = (state: Shape, isRegion: boolean): ChartTransition => {
    const targets = one.chance(0.1) ? [target(state, isRegion), target(state, isRegion)] : target(state, isRegion)
    return { ...(one.chance(0.9) ? { target: targets } : {}), ...conditions(), actions: notes() }
  }
  const on = (state: Shape, isRegion: boolean): NonNullable<ChartState['on']> =>
    Object.fromEntries(
      EVENTS.filter(() => one.chance(0.45)).map((event) => [
        event,
        Array.from({ length: 1 + one.below(2) }, () => transition(state, isRegion)),
      ]),
    )
  const written = (state: Shape, isRegion: boolean): ChartState => {
    const { kind, siblings, name, children } = state
    if (kind === 'history') {
      const plain = siblings.length > 0 && one.chance(0.4)
      return { type: 'history', history: one.pick(['shallow', 'deep']), ...(plain ? { target: one.pick(siblings) } : {}) }
    }
    const later = siblings.slice(siblings.indexOf(name) + 1)
    const inner = statesOf(children, kind === 'parallel')
    return {
      ...(kind === 'final' || kind === 'parallel' ? { type: kind } : {}),
      ...(kind === 'compound' ? { initial: one.pick(children.filter((child) => child.kind !== 'history')).name } : {}),
      ...(children.length > 0 ? { states: inner } : {}),
      ...(isRegion && kind === 'compound' && one.chance(0.4) ? { field: `f${fields++}` } : {}),
      entry: notes(),
      exit: notes(),
      on: on(state, isRegion),
      ...(!isRegion && later.length > 0 && kind === 'atomic' && one.chance(0.1)
        ? { always: [{ target: later.at(-1) as string, cond: `n > ${5 + one.below(5)}` }] }
        : {}),
      ...(!isRegion && later.length > 0 && children.length > 0 && one.chance(0.5)
        ? { onDone: [{ target: one.pick(later), ...conditions(), actions: notes() }] }
        : {}),
      ...(kind !== 'final' && one.chance(0.2)
        ? { after: { [String(1_000 * (1 + one.below(8)) + delays++)]: [transition(state, isRegion)] } }
        : {}),
    }
  }
  const statesOf = (shapes: readonly Shape[], areRegions: boolean): Record<string, ChartState> =>
    Object.fromEntries(shapes.map((state) => [state.name, written(state, areRegions)]))
  const states = statesOf(roots, top)
  return {
    machine: { id, ...(top ? { type: 'parallel' } : { initial: one.pick(roots.filter(({ kind }) => kind !== 'final')).name }), states },
    names: all.filter(({ kind }) => kind !== 'history').map(({ name }) => name),
  }
}
