/** What would tie the repository to where it was written. */
export const PRIVATE: readonly RegExp[] = [
  /(?<![\w.)\]}-])\/(?:work|home|Users|root|mnt|opt)\/[\w.-]+/g,
  /[A-Z]:\\{1,2}Users\\/g,
  /\bshared\/(?:design|style|conventions|numbers|dependencies|metadata-language|corpus|hooks)\b/g,
  /https?:\/\/(?:registry\.(?!npmjs\.org)|[\w.-]*(?:mirror|nexus|artifactory|verdaccio)|localhost:4873)[\w.-]*/gi,
]
