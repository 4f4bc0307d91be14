import { Hook } from '@objectstack/spec/data'
import { tell } from '@objectstack/runtime'

export const stamp: Hook = {
  name: 'stamp',
  object: 'account',
  events: ['beforeCreate'],
  handler: () => tell(),
}
