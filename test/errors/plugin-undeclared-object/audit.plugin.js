export default {
  name: 'audit',
  objects: { audit_entry: { fields: { what: { type: 'text' } } } },
  hooks: [
    { name: 'watch', object: 'acount', events: ['afterUpdate'], handler() {} },
    { name: 'own', object: 'audit_entry', events: ['afterCreate'], handler() {} },
  ],
}
