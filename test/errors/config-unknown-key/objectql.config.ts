import { defineConfig } from 'objectql'

export default defineConfig({
  ouput: 'generated',
  api: { maxPageSizes: 500 },
} as never)
