import type { Target } from '../target.ts'
import { openApiText } from './openapi-text.ts'

/** `openapi.json`, served at `/openapi.json`. */
export const openapiTarget: Target = {
  name: 'openapi',
  emit: (app, config, { memory }) => [{ path: 'openapi.json', text: openApiText(app, config, memory) }],
}
