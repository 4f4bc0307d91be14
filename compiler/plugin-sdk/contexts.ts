import type { AppEvents, EventName, RecordChange, RecordEvent } from '../../runtime-lite/events/app-events.ts'
import type { BusEvent } from '../../runtime-lite/events/bus-event.ts'
import type { ActionContext } from '../spec/action.ts'
import type { HookEvent } from '../spec/hook.ts'
import type { TypedApi } from '../spec/typed-api.ts'
import type {
  CreateContextOf,
  DeleteContextOf,
  FindContextOf,
  HookContextOf,
  PurgeContextOf,
  RestoreContextOf,
  UpdateContextOf,
} from '../spec/typed-hook.ts'

/** Objects of an application that is not known: any name, any field. */
export interface AnyRecords {
  readonly [object: string]: { [field: string]: unknown }
}

type RecordOf<Records, Name> = Name extends keyof Records ? Records[Name] : { [field: string]: unknown }

type ContextOfEvent<Stored, Api, Event> = Event extends 'beforeCreate' | 'afterCreate' | 'beforeInsert' | 'afterInsert'
  ? CreateContextOf<Stored, Api>
  : Event extends 'beforeUpdate' | 'afterUpdate'
    ? UpdateContextOf<Stored, Api>
    : Event extends 'beforeDelete' | 'afterDelete'
      ? DeleteContextOf<Stored, Api>
      : Event extends 'beforeRestore' | 'afterRestore'
        ? RestoreContextOf<Stored, Api>
        : Event extends 'beforePurge' | 'afterPurge'
          ? PurgeContextOf<Stored, Api>
          : Event extends 'beforeFind' | 'afterFind' | 'beforeFindOne' | 'afterFindOne'
            ? FindContextOf<Stored, Api>
            : HookContextOf<Stored, Api>

/** What a hook is called with, by its event and its object. */
export type HookContextFor<Records, Event extends HookEvent, Name> = ContextOfEvent<RecordOf<Records, Name>, TypedApi<Records>, Event>

/** What an action is called with. */
export interface ActionCallContext<Input extends object, Api> extends Omit<ActionContext<Input>, 'api' | 'sudo'> {
  readonly api: Api
  sudo(): Api
}

/** Names and patterns a plugin with these objects and events may listen to. */
export type ListenedName<Records, Events> = EventName<Records, Events>

/** An event by its name: `record.created.account` has an account. */
export type ListenedEvent<Records, Name extends string, Events = Record<never, never>> = BusEvent<
  Name,
  Name extends keyof (AppEvents & Events)
    ? (AppEvents & Events)[Name]
    : Name extends `record.${RecordChange}.${infer Changed}`
      ? RecordEvent<RecordOf<Records, Changed>>
      : unknown
>
