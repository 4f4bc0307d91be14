export default { name: 'audit' }
