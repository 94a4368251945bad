// The classes of the post office: users, and the messages that they are sent. The names and numbers in their
// constructors are all that their URLs hold.

import { html } from 'hono/html'
import { allow, args, Blob, Fault, Resource, redirect, safe, view } from 'hyperglyph'
import { z } from 'zod'
import { Archived } from './archive.js'
import { deliver, fetched, letterOf, now, numbersOf, people, personCalled, store } from './post.js'

export class User extends Resource {
  readonly id: string
  readonly about: string
  readonly joined: Date

  constructor(id: string) {
    super()
    const { about, joined } = personCalled(id)
    this.id = id
    this.about = about
    this.joined = joined
  }

  get messages(): number {
    return this.inbox().length
  }

  @safe inbox(): Message[] {
    return numbersOf(letter => letter.to === this.id && !letter.archived).map(number => new Message(number))
  }

  @args({
    subject: z.string().trim().min(1, 'Say in a word what it is about.').max(80),
    body: z.string().max(5000),
    attachment: Blob,
  })
  async message(subject: string, body = '', attachment: Blob | null = null): Promise<void> {
    const to = this.id
    const kept = attachment === null ? undefined : await store(attachment)
    const from = String(this.context.user ?? 'somebody')
    deliver({ from, to, subject, body, sent: now(), attachment: kept })
  }

  /** For the users themselves, once they have logged in. */
  @allow(({ user, object }) => object instanceof User && object.id === user)
  describe(about: string): void {
    people.set(this.id, { about, joined: this.joined })
  }
}

/** A message has a view of its own: people see a letter, programs the same data as of any other object. */
@view<Message>((message, parts) => {
  const { from, body, sent, attached } = message
  return html`${parts.heading()}<p>From ${from}, ${parts.value(sent)}</p>${
    body === '' ? '' : html`<blockquote>${body}</blockquote>`
  }${attached === undefined ? '' : html`<p>With ${parts.call('attachment')}: ${attached}</p>`}${parts.calls('attachment')}`
})
export class Message extends Resource {
  readonly subject: string
  readonly number: number
  readonly from: string
  readonly body: string
  readonly sent: Date

  constructor(number: number) {
    super()
    const { subject, from, body, sent } = letterOf(number)
    this.subject = subject
    this.number = number
    this.from = from
    this.body = body
    this.sent = sent
  }

  get attached(): string | undefined {
    return letterOf(this.number).attachment?.name
  }

  @safe attachment(): Blob {
    const { attachment } = letterOf(this.number)
    if (attachment === undefined) throw new Fault('nothing was attached to this message', { status: 404 })
    return fetched(attachment)
  }

  /** Old messages live on another server: whoever calls this is led there. */
  @redirect archive(): Archived {
    letterOf(this.number).archived = now()
    return new Archived(this.number)
  }
}
