import { defineConfig } from 'objectql'

/** The sample app: a CRM for a maker of weather instruments. Every key is shown; all of them are optional. */
export default defineConfig({
  name: 'saltmarsh',
  version: '0.1.0',
  input: ['schemas'],
  output: 'generated',
  dialects: ['sqlite', 'postgres', 'mysql'],
  api: { basePath: '/api', defaultPageSize: 50, maxPageSize: 1000 },
})
