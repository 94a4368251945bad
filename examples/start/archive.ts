// The archive: a second server, on a port of its own. Its objects know where they live, so that links and redirects
// lead there from wherever they are shown.

import { Resource, Router, safe } from 'hyperglyph'
import { letterOf, numbersOf } from './post.js'

let place: string | undefined
/** Says where the archive is served. */
export const archiveIsAt = (url: string): void => {
  place = url
}

export class Archived extends Resource {
  static locate = (): string | undefined => place
  readonly subject: string
  readonly number: number
  readonly body: string
  readonly archived: Date | undefined

  constructor(number: number) {
    super()
    const { subject, body, archived } = letterOf(number)
    this.subject = subject
    this.number = number
    this.body = body
    this.archived = archived
  }
}

export const archive = new Router(
  {
    Archived,
    /** What was archived, the newest first. */
    all: safe(() => numbersOf(letter => letter.archived !== undefined).map(number => new Archived(number))),
  },
  { name: 'Archive' },
)
