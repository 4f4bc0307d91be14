export default { name: 'audit', version: '1.0.0' }
