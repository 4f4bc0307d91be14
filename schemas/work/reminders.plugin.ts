/** Tells people what is due. Its configuration is described here and given in objectql.config.ts. */
export default {
  name: 'reminders',
  label: 'Reminders',
  version: '1.0.0',
  description: 'Sends each morning what is due soon to those it is assigned to.',
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
}
