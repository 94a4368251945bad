// The document around what is shown: title, the way back to the root, stylesheet.

import type { Breadcrumb } from './breadcrumbs.js'
import { html, type Markup } from './markup.js'
import type { References } from './references.js'
import { stylesheetPath } from './stylesheet.js'

/** Up to the body; `style` is a stylesheet, or a link to one. */
export const head = (title: string, style: Markup, more?: Markup): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${more}<title>${title}</title>
<link rel="icon" href="data:,">
${style}
</head>
`

/**
 * Up to where the content begins, so that a stream can be sent behind it. `breadcrumbs`: the last is here; with `astray`
 * here is none of them, and all of them are links.
 */
export function opening(
  breadcrumbs: readonly Breadcrumb[],
  references: References,
  more?: Markup,
  astray = false,
): Markup {
  const here = breadcrumbs.at(-1) as Breadcrumb
  const title = breadcrumbs
    .map(({ label }) => label)
    .reverse()
    .join(' · ')
  const style = html`<link rel="stylesheet" href="${references.to(stylesheetPath)}">`
  const way = (astray ? breadcrumbs : breadcrumbs.slice(0, -1)).map(
    ({ label, path }) => html`<li><a href="${references.to(path)}">${label}</a></li>`,
  )
  const end = astray ? undefined : html`<li><span aria-current="page">${here.label}</span></li>`
  return html`${head(title, style, more)}<body>
<a class="skip" href="#content">Skip to the content</a>
<header><nav aria-label="Where this is"><ol>${way}${end}</ol></nav></header>
<main id="content">
`
}

export const closing: Markup = html`
</main>
</body>
</html>
`
