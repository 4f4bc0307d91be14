export default {
  name: 'audit',
  version: '1.0.0',
  configSchema: {
    title: 'Audit trail',
    type: 'object',
    required: ['level'],
    properties: {
      level: { enum: ['all', 'writes'], default: 'writes' },
      keep_days: { type: 'integer', minimum: 1, description: 'How long entries are kept.' },
      'skip-objects': { type: 'array', items: { type: 'string' } },
    },
    additionalProperties: false,
  },
}
