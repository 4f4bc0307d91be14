export default { auth: './auth' }
