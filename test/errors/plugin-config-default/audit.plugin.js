const limit = { type: 'integer', minimum: 1, default: 0 }

export default {
  name: 'audit',
  configSchema: {
    type: 'object',
    properties: { days: { type: 'integer', default: 'thirty' }, limit, level: { enum: ['low', 'high'], default: 'low' } },
  },
}
