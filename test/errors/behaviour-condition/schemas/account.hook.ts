export const stamp = {
  object: 'account',
  events: ['beforeCreate'],
  condition: 'nane == "x"',
  handler: () => undefined,
}

export const guard = {
  object: 'account',
  events: ['beforeFind'],
  condition: 'record.name != null',
  handler: () => undefined,
}

export const tell = {
  object: 'account',
  events: ['afterUpdate'],
  condition: { dialect: 'template', source: '{{name}}' },
  handler: () => undefined,
}
