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
<label>Search <input id="search" type="search" autocomplete="off" title="Names, hooks and capabilities. Press / to come here, Enter to go to the first"></label>
<output id="found" for="search"></output>
<span class="buttons"><button id="nearer" type="button" aria-label="Nearer">+</button><button id="farther" type="button" aria-label="Farther">−</button><button id="fit" type="button">Fit</button></span>
<span class="legend"><b class="needs">needs</b> <b class="needed">is needed by</b>${LINES.map(([kind, meaning]) => ` <span><svg class="line" viewBox="0 0 28 8" aria-hidden="true"><g class="edge ${kind}"><path d="M0,4L28,4"/></g></svg> ${meaning}</span>`).join('')}</span>
</header>
<main>
<nav id="list" aria-label="Plugins in the order they start, and objects"></nav>
<svg id="graph" role="group" aria-label="Plugins and objects"></svg>
<aside id="details" aria-live="polite"></aside>
</main>
<noscript>This page draws with a script.</noscript>
<script type="application/json" id="page">${JSON.stringify(page).replaceAll('<', '\\u003c')}</script>
<script>${script}</script>
</body>
</html>
`
}

/** What the lines mean. */
const LINES = [
  ['required', 'dependency'],
  ['optional', 'optional'],
  ['capability', 'capability'],
  ['conflict', 'conflict'],
  ['object', 'hooks, or brings'],
] as const

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
#graph { flex: 1; min-width: 0; height: 100%; cursor: grab; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 12px; } .line { width: 28px; height: 8px; }
nav { width: 260px; padding: 8px 0; overflow: auto; border-right: 1px solid var(--line); }
nav h2 { font-size: 12px; margin: 10px 12px 2px; opacity: 0.75; font-weight: 600; }
nav ol { list-style: none; margin: 0; padding: 0; }
nav button { display: flex; gap: 6px; width: 100%; padding: 3px 12px; border: 0; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; }
nav button:hover { background: var(--box); } nav button:focus-visible, aside button:focus-visible { outline: 2px solid var(--needed); outline-offset: -2px; }
nav button[aria-current="true"] { background: var(--box); font-weight: 600; } nav .number { min-width: 2.4em; opacity: 0.65; text-align: right; } nav .name { overflow-wrap: anywhere; }
nav button.needs .name { color: var(--needs); } nav button.needed .name { color: var(--needed); }
aside button { padding: 0; border: 0; background: none; font: inherit; color: var(--needed); text-align: left; cursor: pointer; text-decoration: underline; overflow-wrap: anywhere; }
#graph.far .edge text { display: none; } #graph.many .edge path { opacity: 0.55; } #graph.many .edge.needs path, #graph.many .edge.needed path { opacity: 1; }
@media (max-width: 900px) { main { flex-direction: column; } nav, aside { width: auto; max-height: 28vh; border: 0; border-bottom: 1px solid var(--line); } #graph { min-height: 40vh; } }
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
