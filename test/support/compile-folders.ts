import { compile } from '../../compiler/index.ts'

// node compile-folders.ts <folder>…: compiles each as a new process would, and prints what was said about it.
for (const cwd of process.argv.slice(2)) {
  const { isOk, diagnostics } = await compile({ cwd, useRecord: false })
  console.log(JSON.stringify({ isOk, diagnostics }))
}
