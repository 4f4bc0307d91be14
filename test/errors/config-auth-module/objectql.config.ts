import { defineConfig } from 'objectql'

export default defineConfig({
  auth: './server/authenticate.ts',
})
