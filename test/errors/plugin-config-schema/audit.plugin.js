export default {
  name: 'audit',
  configSchema: { type: 'object', properties: { days: { type: 'whole number' }, from: { $ref: '#/$defs/day' } } },
}
