// Imported before any arbitrary is made: values of a few items, since throughput finds more than size does.

import fc from 'fast-check'

fc.configureGlobal({ baseSize: 'xsmall' })
