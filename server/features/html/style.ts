// The look of HTML pages, light and dark. Fonts are the system's; nothing is loaded.

/** What a page needs that shows no more than a Fault. */
export const plain = `:root {
  color-scheme: light dark;
  --ink: light-dark(#1b1d21, #e7e8ea);
  --faint: light-dark(#5b616b, #a4aab4);
  --paper: light-dark(#ffffff, #16181c);
  --raised: light-dark(#f5f6f8, #1f2227);
  --line: light-dark(#d9dce1, #383d45);
  --edge: light-dark(#858c98, #7b828e);
  --accent: light-dark(#0b57d0, #8ab4f8);
  --on-accent: light-dark(#ffffff, #10213d);
  --wrong: light-dark(#b3261e, #f2b8b5);
  --wrong-paper: light-dark(#fdf0ef, #33201f);
}
*, ::before, ::after { box-sizing: border-box }
html { font: 100%/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100% }
body { margin: 0 auto; padding: 1rem 1.25rem 4rem; max-width: 58rem; background: var(--paper); color: var(--ink); overflow-wrap: anywhere }
h1, h2, h3, h4, h5, h6 { margin: 0; line-height: 1.25; font-weight: 600 }
h1 { font-size: 1.75rem; margin: 1rem 0 1.25rem }
h2 { font-size: 1.1rem }
h3, h4, h5, h6 { font-size: 1rem }
h1 em, h2 em, h3 em, h4 em, h5 em, h6 em { font-style: normal; font-weight: 400; color: var(--faint) }
p { margin: .5rem 0 }
blockquote { margin: .75rem 0; padding-inline-start: 1rem; border-inline-start: 3px solid var(--line); white-space: pre-line }
a { color: var(--accent); text-underline-offset: .15em }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
small, .small { font-size: .875rem; color: var(--faint) }
code, pre, .code { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: .875rem }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--paper) }
.skip:focus { left: 1rem }
dl { margin: 0 }
dl > div { display: grid; grid-template-columns: minmax(0, 12rem) minmax(0, 1fr); gap: .25rem 1.25rem; padding: .45rem 0; border-top: 1px solid var(--line) }
dl > div:last-child { border-bottom: 1px solid var(--line) }
dt { color: var(--faint) }
dd { margin: 0; min-width: 0 }
.nothing { color: var(--faint); font-style: italic }
.number, time { font-variant-numeric: tabular-nums }
.fault { margin: 1rem 0; padding: .75rem 1rem; background: var(--wrong-paper); border-inline-start: 4px solid var(--wrong); border-radius: .25rem }
.fault > p { margin: .1rem 0 }
`

export const css = `${plain}
header ol { display: flex; flex-wrap: wrap; gap: .25rem .5rem; margin: 0; padding: 0; list-style: none; font-size: .9rem; color: var(--faint) }
header li + li::before { content: "/"; margin-inline-end: .5rem }

dd dl > div { grid-template-columns: minmax(0, 8rem) minmax(0, 1fr) }
dd dl dl > div { display: block }
dd dl dl dd { padding-inline-start: 1rem }
dd > dl > div:first-child { border-top: 0; padding-top: 0 }
dd > dl > div:last-child { border-bottom: 0; padding-bottom: 0 }
ol.list, ul.set { margin: 0; padding-inline-start: 1.75rem }
ol.list > li::marker { color: var(--faint); font-size: .875rem; font-variant-numeric: tabular-nums }
li { padding: .1rem 0 }
ol.stream { margin: 1rem 0; padding: 0; list-style: none }
ol.stream > li { padding: .35rem 0; border-top: 1px solid var(--line) }
li > dl > div { border: 0; padding: .1rem 0 }
figure { margin: 0 } figcaption { font-size: .875rem }
img { max-width: 100%; height: auto }
.table { overflow-x: auto }
table { border-collapse: collapse; width: 100%; overflow-wrap: normal }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top }
th { color: var(--faint); font-weight: 500; border-color: var(--edge) }
.extension { border-inline-start: 3px solid var(--line); padding-inline-start: .75rem }
.kind { margin: 0; font-size: .875rem; color: var(--faint) }

article.page article.page, .result > article.page, li > article.page { margin: .25rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem }
:is(.page, li, .result) > .page > :is(h2, h3, h4, h5, h6) { margin-bottom: .5rem }
ul.links { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0; padding: 0; list-style: none }
.call { margin: 1rem 0 }
article article .call, li .call { margin: .5rem 0 0 }
section.call, .folded-call { padding: 1rem 1.25rem 1.25rem; background: var(--raised); border-radius: .5rem }
section.call > h2 { margin-bottom: .5rem }
summary { cursor: pointer; color: var(--accent) }
.folded-call { padding-block: .75rem }
.folded-call + .folded-call { margin-top: -.5rem }
summary > h2 { display: inline }
.folded-call > form { padding: .75rem 0 .25rem }
details.call:not(.folded-call) > form { padding: .5rem 0 .5rem 1rem }
.result { margin: 1rem 0 }

.field { margin: 0 0 .9rem; max-width: 34rem }
label { display: block; margin-bottom: .2rem }
input, textarea, select, button { font: inherit; color: inherit }
input:not([type=checkbox], [type=hidden]), textarea, select { width: 100%; min-height: 2.5rem; padding: .4rem .6rem; background: var(--paper); border: 1px solid var(--edge); border-radius: .375rem }
textarea { resize: vertical; field-sizing: content; min-height: 5rem; display: block }
input[type=checkbox] { width: 1.4rem; height: 1.4rem; margin: .2rem 0; accent-color: var(--accent); display: block }
input[type=number], input[type=datetime-local] { max-width: 16rem }
.hint { margin: .2rem 0 0; font-size: .875rem; color: var(--faint) }
button { min-height: 2.5rem; padding: .4rem 1.1rem; border: 0; border-radius: .375rem; background: var(--accent); color: var(--on-accent); font-weight: 500; cursor: pointer }
button:hover { filter: brightness(1.1) }
article article button, li button, dd button { background: transparent; color: var(--accent); border: 1px solid var(--edge) }
.problem { margin: .2rem 0 0; color: var(--wrong); font-size: .9rem }
.wrong :is(input, textarea, select) { border-color: var(--wrong) }

@media (max-width: 34rem) {
  dl > div, dd dl > div { display: block }
  dt { font-size: .875rem }
  dd > dl { padding-inline-start: 1rem }
  dd dl dl dd { padding-inline-start: 0 }
}
@media print { .call, header { display: none } }
`
