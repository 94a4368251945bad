// The origin of a URL, as text: to make a URL object costs as much as a small body.

/** The scheme and authority of a URL in the URL Standard's spelling, with the slash that ends them. */
export const originOf = (url: string): string => url.slice(0, url.indexOf('/', url.indexOf('//') + 2) + 1)
