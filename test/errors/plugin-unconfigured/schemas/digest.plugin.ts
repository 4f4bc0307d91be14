export default {
  name: 'digest',
  configSchema: { type: 'object', required: ['hour'], properties: { hour: { type: 'integer' } } },
}
