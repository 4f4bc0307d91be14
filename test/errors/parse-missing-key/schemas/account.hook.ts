export const Stamp = { name: 'stamp', object: 'account', events: ['beforeInsert'] }
