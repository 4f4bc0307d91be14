import type { PluginDefinition } from 'objectql/spec'

const timing: PluginDefinition = {
  name: 'timing',
  version: '1.0.0',
  middleware: [
    {
      name: 'timed',
      on: ['create', 'update'],
      objects: ['sales_order'],
      execute: async (_context: unknown, next: () => Promise<unknown>): Promise<unknown> => next(),
    },
  ],
}

export default timing
