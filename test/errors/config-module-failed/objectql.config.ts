export default { output: process.env['NO_SUCH_VARIABLE'].trim() }
