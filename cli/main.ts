#!/usr/bin/env node
// The program `hyperglyph` (spec/command-line.md), as the shell starts it. Everything else is in command.ts.

import { command } from './command.js'

process.exit(await command(process.argv.slice(2)))
