export const stamp = { object: 'account', events: ['beforeCreate'], handler: 'stampOwner' }
