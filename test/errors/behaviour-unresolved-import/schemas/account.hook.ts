import { Hook } from '@objectstack/spec/data'

export const stamp: Hook = {
  name: 'stamp',
  object: 'account',
  events: ['beforeCreate'],
  handler: () => undefined,
}
