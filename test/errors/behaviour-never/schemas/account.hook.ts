export const stamp = {
  object: 'account',
  events: ['beforeCreate'],
  condition: "1 > 2 && name == 'x'",
  handler: () => undefined,
}
