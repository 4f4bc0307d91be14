export type authenticate = (request: unknown) => null
export function authorize(): null {
  return null
}
