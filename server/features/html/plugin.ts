// HTML as a plugin of the router: pages for browsers, and their stylesheet.

import type { Plugin } from '../../core/handler/plugin.js'
import { refusalPage } from './refusal-page.js'
import { HtmlPage } from './representation.js'
import { stylesheetAt } from './stylesheet.js'

export const html: Plugin = {
  name: 'html',
  representations: [{ ...refusalPage, showsNil: true, parts: true, begin: asked => new HtmlPage(asked) }],
  endpoints: { _face: { answer: ({ path, method }) => stylesheetAt(path, method) } },
}
