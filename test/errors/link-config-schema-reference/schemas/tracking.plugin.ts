export default {
  name: 'tracking',
  configSchema: {
    type: 'object',
    properties: {
      carrier: { $ref: './carrier.schema.json' },
      region: { $ref: '#/$defs/regoin' },
      hub: { $ref: '#/$defs/hub', description: 'Where parcels start.' },
      route: { $ref: '#/$defs/route' },
    },
    $defs: {
      region: { type: 'string' },
      hub: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/hub' }] },
      route: { type: 'array', items: { $ref: '#/$defs/route' } },
    },
  },
}
