export default {
  name: 'audit',
  configSchema: { type: 'object', properties: { days: { type: 'integer', minimun: 1 } }, additionalProperty: false },
}
