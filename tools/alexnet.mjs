#!/usr/bin/env node
// `npx alexnet COMMAND` in a clone of this repository: the command as it is here, built when it must be.
process.argv.splice(2, 0, 'cli');
void import('./bootstrap.mjs');
