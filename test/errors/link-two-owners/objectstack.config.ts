import { defineStack } from '@objectstack/spec'

export default defineStack({
  manifest: { id: 'com.example.app', name: 'app', version: '1.0.0' },
  plugins: [
    { name: 'crm', objects: { lead: { name: 'lead', fields: { name: { type: 'text' } } } } },
    { name: 'marketing', objects: { lead: { name: 'lead', fields: { source: { type: 'text' } } } } },
  ],
})
