export default { auth: './auth.ts' }
