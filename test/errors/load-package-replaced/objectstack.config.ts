import { defineStack } from '@objectstack/spec'
import { SqlDriver } from '@objectql/driver-sql'

export default defineStack({
  plugins: [new SqlDriver({ name: 'sql', client: 'sqlite3' })],
  objects: [{ name: 'account', fields: { name: { type: 'text' } } }],
})
