// The version of this package. Written here, since a bundle has no package.json (test/documents.test.ts compares them).

export const version = '0.1.0'
