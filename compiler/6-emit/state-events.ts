import type { AppIr, ObjectIr } from '../ir/object.ts'

/** Events that the state machines of an object listen to, in the author's order. */
export const stateEvents = ({ machines = [], charts = [] }: ObjectIr): readonly string[] => [
  ...new Set([
    ...machines.flatMap(({ states }) => states.flatMap(({ events }) => events.map(({ event }) => event))),
    ...charts.flatMap(({ states }) => states.flatMap(({ on }) => on.map(({ event }) => event))),
  ]),
]

/** Some state of some record is left by itself after a time. */
export const hasTimers = ({ objects }: Pick<AppIr, 'objects'>): boolean =>
  objects.some(({ charts }) => charts?.some(({ states }) => states.some(({ after }) => after.length > 0)))
