#!/usr/bin/env node
// Plain JavaScript that every Node since 13 can read: an old one has to get as far as saying that it is too old.
var parts = process.versions.node.split('.')
var isTooOld = Number(parts[0]) < 22 || (Number(parts[0]) === 22 && Number(parts[1]) < 18)
if (isTooOld) {
  console.error(`objectql needs Node.js 22.18 or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`)
  process.exitCode = 1
} else {
  import('./main.ts').then((main) => main.runProcess())
}
