#!/usr/bin/env node
/*
 * leadtime <verb>
 *
 * How a verb is made:
 *   1. one entry in the table of src/cli/verbs.ts: name, summary, options, `load: () => import('./<verb>.ts')`.
 *      The table is all that `--help` loads, so it imports nothing heavy;
 *   2. src/cli/<verb>.ts exports `run(options, cli)`. `options` holds the parsed flags in camelCase
 *      (`--salesforce-port` → `salesforcePort`), absent when not given and without a default;
 *      (and what an `argument` gave, under its name);
 *      `cli` is described in src/cli/cli.ts: config(), stdout, stderr, the stop signal.
 *      It returns nothing (exit code 0) or an exit code, and throws for everything that goes wrong:
 *      UsageError (2) or any other error (1); src/cli/errors.ts turns it into one line on stderr.
 *
 * This file itself has to load on an older Node, so that the check below can speak.
 */
const NEEDED = 26
const major = Number(process.versions.node.split('.')[0])

if (major < NEEDED) {
  process.stderr.write(
    `leadtime: needs Node.js ${NEEDED} or newer, this is ${process.versions.node}; ` +
      'run it through npm (npm run leadtime -- <verb>), which brings its own\n',
  )
  process.exitCode = 1
} else {
  // Types stripped once are not stripped again: half of the time of a short command. Where nothing can be written, nothing is.
  const { enableCompileCache } = await import('node:module')
  const { fileURLToPath } = await import('node:url')
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/leadtime', import.meta.url)))
  const { main } = await import('./cli/program.ts')
  await main(process.argv.slice(2))
}
