export const beforeCreate = 'stampOwner'
export default { afterUpdate: 7, settings: 7 }
export const audit = { object: 'contact', events: ['beforeUpdate'], handler: [() => 1] }
