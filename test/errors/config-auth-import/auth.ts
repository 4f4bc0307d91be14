import { verify } from 'a-package-that-is-not-installed'

export const authenticate = (request: { header(name: string): string | undefined }) => verify(request.header('authorization'))
