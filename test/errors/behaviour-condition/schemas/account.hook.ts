export const stamp = {
  object: 'account',
  events: ['beforeCreate'],
  condition: 'name == "x"',
  handler: () => undefined,
}
