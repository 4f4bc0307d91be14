export const tracking = {
  name: 'tracking',
  configSchema: {
    type: 'object',
    required: 'carrier',
    properties: {
      carrier: { type: 'strnig' },
      regions: { type: 'array', items: 'string' },
      fallback: { anyOf: [] },
    },
  },
}

export const labels = { name: 'labels', configSchema: ['a4', 'a6'] }
