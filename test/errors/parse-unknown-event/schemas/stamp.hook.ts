import type { Hook } from '@objectstack/spec'

export const Stamp: Hook = {
  name: 'stamp',
  object: 'account',
  events: ['beforeInsert', 'beforeSave'],
  handler: () => {},
}
