// The text of `--help`.

import { exitCodes } from './exit-codes.js'

const codes = Object.entries(exitCodes).map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`)

export const help = `Usage: hyperglyph URL [NAME [ARGUMENT…] [. NAME [ARGUMENT…]]…] [OPTION…]
       hyperglyph serve MODULE [OPTION…]

Calls what a server offers, by name, and prints what comes back.

  hyperglyph localhost:8000                          what is there; on a terminal, a prompt to try it at
  hyperglyph localhost:8000 hello World              hello('World')
  hyperglyph localhost:8000 admin.reset              a name in a namespace
  hyperglyph localhost:8000 find_user bob . inbox    find_user('bob').inbox(): a dot by itself goes on
  hyperglyph localhost:8000 upload a.png @a.png      sends a file
  hyperglyph localhost:8000 < FILE                   runs what one would type at the prompt, line by line

Names joined by dots are read one after the other, in pages, lists (friends.0) and dicts. What can be called is
called, the last one with the arguments.

Arguments
  text            converted as the argument's default is: to a number, true or false, a time, JSON; else text
  name=text       the same by name
  :=JSON, name:=JSON
                  a JSON value: years:=5, tags:='["a"]', text:='"-"'
  @FILE, name=@FILE
                  the file, as a blob
  -, name=-       standard input, as a blob
  @URL, name=@URL
                  the object at an http(s) URL

Options
  -o, --output FILE       write there: a blob's bytes, or what would have been printed
      --json              print JSON; streams a line for each item
  -H, --header 'A: B'     send a header, to the origin of URL alone; may be repeated
  -u, --user NAME:PASSWORD
                          who you are (basic authentication)
      --timeout SECONDS   how long each call may take
  -v, --verbose           say on standard error what is requested
      --help, --version

Options of serve
      --port NUMBER       default 8000; 0 takes a free one
      --host ADDRESS      default 127.0.0.1: this machine only
      --secret-file FILE  seals URLs: a secret of 32 bytes or more a line, the first seals, all open
      --unsealed          lets other machines in without a secret
      --watch             loads the module again when it or what it imports changes

Exit codes
${codes.join('\n')}
`
