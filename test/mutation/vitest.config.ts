import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/**
 * The tests of the pure core alone, each property a few times: thousands of mutants have to meet them. Test files
 * share one process, which is seven times as fast, but not the modules of the core.
 */
export default defineConfig({
  resolve: { alias: [{ find: /^fast-check$/, replacement: here('fast-check.ts') }] },
  test: {
    include: ['test/unit/{domain,policy}/**/*.test.ts'],
    isolate: false,
    setupFiles: [here('setup.ts')],
  },
})
