import { defineConfig } from 'objectql'
import type { PluginConfigs } from './generated/config.d.ts'

/** The sample app: a CRM for a maker of weather instruments. All keys are optional; `PluginConfigs` types what is said to plugins. */
export default defineConfig<PluginConfigs>({
  name: 'saltmarsh',
  version: '0.1.0',
  input: ['schemas', 'plugins'],
  output: 'generated',
  dialects: ['sqlite', 'postgres', 'mysql'],
  api: { basePath: '/api', defaultPageSize: 50, maxPageSize: 1000 },
  auth: './schemas/auth.ts',
  // `npm start` takes `X-Dev-User: usr-001` for signing in.
  dev: { user: true },
  plugins: {
    audit: { include: ['contract', 'holiday'], mask: ['contract.customer_signature'], roles: ['admin'], retention_days: 3650 },
    cache: { include: ['product'], ttl_seconds: 600 },
    'rate-limit': { policies: [{ name: 'default', by: 'credential', quota: 100_000, window_seconds: 60 }] },
    reminders: { sender: 'desk@saltmarsh.example', days_ahead: 3, quiet: { from: '18:00', to: '07:30' } },
  },
})
