export default {
  name: '@acme/audit',
  objects: { audit_entry: { fields: { what: { type: 'text', required: true } } } },
  start() {},
}
