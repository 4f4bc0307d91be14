import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-identity.ts'
import { layoutGraph } from './layout-graph.ts'
import type { PluginGraph } from './plugin-graph.ts'

/** One page that needs nothing else: it works from a file, and without a network. Only its own script may run in it. */
export function graphHtml(graph: PluginGraph): string {
  const page = layoutGraph(graph)
  const script = readFileSync(join(packageRoot, 'dist', 'compiler', 'graph', 'page.js'), 'utf8').replaceAll('</script', '<\\/script')
  const policy = `default-src 'none'; script-src '${digest(script)}'; style-src '${digest(STYLE)}'; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(page.title)}</h1>
<label>Search <input id="search" type="search" autocomplete="off" title="Press / to come here, Enter to go to the first"></label>
<output id="found" for="search"></output>
<span class="buttons"><button id="nearer" type="button">+</button><button id="farther" type="button">−</button><button id="fit" type="button">Fit</button></span>
<span class="legend"><b class="needs">needs</b> <b class="needed">is needed by</b></span>
</header>
<main>
<svg id="graph" role="group" aria-label="Plugins and objects"></svg>
<aside id="details" aria-live="polite"><p>Choose a plugin to see what it needs and who needs it, or an object to see its hooks in order.</p></aside>
</main>
<noscript>This page draws with a script.</noscript>
<script type="application/json" id="page">${JSON.stringify(page).replaceAll('<', '\\u003c')}</script>
<script>${script}</script>
</body>
</html>
`
}

/** What a content security policy calls a text. */
const digest = (text: string): string => `sha256-${hash('sha256', text, 'base64')}`

const ENTITIES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

const STYLE = `
:root { color-scheme: light dark; --line: #8a94a6; --needs: #c2410c; --needed: #1d6fd1; --box: #eef2f8; --object: #e6f4ea; --text: #1a2233; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --box: #263042; --object: #21382a; --text: #e6eaf2; --page: #141a24; } }
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; display: flex; flex-direction: column; font: 14px/1.4 system-ui, sans-serif; color: var(--text); background: var(--page); }
header { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center; padding: 8px 16px; border-bottom: 1px solid var(--line); }
h1 { font-size: 16px; margin: 0; overflow-wrap: anywhere; }
main { flex: 1; display: flex; min-height: 0; }
svg { flex: 1; min-width: 0; height: 100%; cursor: grab; }
aside { width: 340px; padding: 12px 16px; overflow: auto; border-left: 1px solid var(--line); overflow-wrap: anywhere; }
aside h2 { font-size: 15px; margin: 0 0 8px; } aside h3 { font-size: 13px; margin: 12px 0 2px; } aside ul, aside ol { margin: 0; padding-left: 22px; }
.needs { color: var(--needs); } .needed { color: var(--needed); }
.node { cursor: pointer; outline: none; }
.node rect { fill: var(--box); stroke: var(--line); }
.node.object rect { fill: var(--object); rx: 18px; } .node.absent rect { stroke-dasharray: 4 4; fill: none; }
.node text { fill: var(--text); text-anchor: middle; } .node .subtitle { font-size: 11px; opacity: 0.75; }
.node:focus-visible rect { stroke: var(--text); stroke-width: 3; }
.node.chosen rect { stroke: var(--text); stroke-width: 2.5; } .node.needs rect { stroke: var(--needs); stroke-width: 2.5; } .node.needed rect { stroke: var(--needed); stroke-width: 2.5; }
.node.found rect { fill: #ffe38a; } .node.found text { fill: #1a2233; }
.edge path { fill: none; stroke: var(--line); stroke-width: 1.3; } .edge text { fill: var(--text); font-size: 10px; text-anchor: middle; opacity: 0.8; }
.edge.optional path { stroke-dasharray: 5 4; } .edge.capability path { stroke-width: 2.4; } .edge.conflict path { stroke: #d11a2a; stroke-dasharray: 2 3; } .edge.object path { stroke-dasharray: 1 4; }
.edge.needs path { stroke: var(--needs); stroke-width: 2.4; } .edge.needed path { stroke: var(--needed); stroke-width: 2.4; }
.dim { opacity: 0.18; }
`
