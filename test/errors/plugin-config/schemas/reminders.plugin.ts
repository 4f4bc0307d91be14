export default {
  name: 'reminders',
  configSchema: {
    type: 'object',
    required: ['sender'],
    properties: { sender: { type: 'string', format: 'email' }, days: { type: 'integer', minimum: 0 } },
    additionalProperties: false,
  },
}
