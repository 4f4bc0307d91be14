import type { Target } from '../target.ts'
import { jsonText } from './json-text.ts'
import { openApiDocument } from './openapi-document.ts'

/** `openapi.json`, served at `/openapi.json`. */
export const openapiTarget: Target = {
  name: 'openapi',
  emit: (app, config) => [{ path: 'openapi.json', text: jsonText(openApiDocument(app, config)) }],
}
