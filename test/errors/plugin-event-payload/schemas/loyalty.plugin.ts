import { event, PluginBuilder } from 'objectql/plugin-sdk'
import type { Award } from '../award.ts'

interface Visit {
  readonly guest: string
  readonly nights?: number
}

export default new PluginBuilder()
  .name('loyalty')
  .event('points.given', event<Award>('Points were given.'))
  .event('points.taken', event<Award>())
  .events({ 'guest.came': event<Visit>(), 'guest.left': event<readonly string[]>(), 'guest.wrote': event() })
  .build()
