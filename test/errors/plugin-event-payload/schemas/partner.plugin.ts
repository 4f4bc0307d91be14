import { event as declare } from 'objectql/plugin-sdk'
import type { Award as Points } from '../award.ts'

export default {
  name: 'partner',
  events: {
    'points.given': declare<{ guest: string; points: string }>(),
    // The same ones, spelled in another way.
    'points.taken': declare<Points>(),
    'guest.came': declare<{ nights?: number } & { guest: string }>(),
    'guest.left': declare<Array<string>>(),
    'guest.wrote': declare<{ text: string }>(),
  },
}
