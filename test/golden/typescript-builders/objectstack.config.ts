import { defineStack } from '@objectstack/spec'
import * as objects from './src/objects'

export default defineStack({
  manifest: { id: 'com.example.garden', name: 'garden', version: '1.2.0', type: 'app' },
  objects: Object.values(objects),
  objectExtensions: [{ extend: 'plant', fields: { latin_name: { type: 'text', label: 'Latin name' } } }],
})
