import type { Plugin, PluginContext } from 'objectql/runtime/kernel'
import type { RemindersPluginConfig } from '../../generated/config.js'
import type { Objects } from '../../generated/objects/index.js'

type Context = PluginContext<RemindersPluginConfig, Objects>

/** What other plugins may ask of this one: `services.get<Reminders>('reminders')`. */
export interface Reminders {
  /** Subjects of the tasks that are due until a day, `YYYY-MM-DD`, the first due first. */
  dueUntil(day: string): Promise<readonly string[]>
}

const DAY_MS = 86_400_000

/** Tells people what is due. Its configuration is described here and given in objectql.config.ts. */
const reminders: Plugin<RemindersPluginConfig, Objects> = {
  name: 'reminders',
  label: 'Reminders',
  version: '1.0.0',
  description: 'Says each morning what is due soon.',
  provides: ['reminders'],
  configSchema: {
    type: 'object',
    required: ['sender'],
    properties: {
      sender: { type: 'string', format: 'email', description: 'Address that reminders come from.' },
      days_ahead: { type: 'integer', minimum: 0, maximum: 30, default: 2 },
      objects: { type: 'array', items: { enum: ['task', 'ticket', 'contract'] }, description: 'What people are reminded of.' },
      quiet: { $ref: '#/$defs/period', description: 'Nothing is sent in this time.' },
    },
    $defs: {
      period: {
        type: 'object',
        required: ['from', 'to'],
        properties: {
          from: { type: 'string', description: 'HH:MM' },
          to: { type: 'string', description: 'HH:MM' },
        },
      },
    },
  },

  install({ app, services }: Context): void {
    services.provide<Reminders>('reminders', {
      async dueUntil(day) {
        const { items } = await app.objects.task.find({ where: { is_done: false, due_on: { $lte: day } }, orderBy: { due_on: 'asc' } })
        return items.map(({ subject }) => subject)
      },
    })
  },

  start({ config, services, logger, signal }: Context): void {
    const { sender, days_ahead = 2 } = config
    const remind = async (): Promise<void> => {
      const day = new Date(Date.now() + days_ahead * DAY_MS).toISOString().slice(0, 10)
      const due = await services.get<Reminders>('reminders').dueUntil(day)
      if (due.length > 0) logger.info(`${due.length} tasks are due until ${day}.`, { sender, due })
    }
    const timer = setInterval(() => void remind().catch((error: Error) => logger.error(error.message)), DAY_MS)
    timer.unref()
    signal.addEventListener('abort', () => clearInterval(timer))
  },
}

export default reminders
