import { defineConfig } from 'vitest/config'

const real = { globalSetup: ['test/postgres.ts'], testTimeout: 60_000, hookTimeout: 60_000 }

/** A file for the machine-readable result; .ci/run adds the results of its steps. */
const report = process.env.TEST_REPORT

export default defineConfig({
  test: {
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      // A property over random histories takes seconds where other work is done beside it.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], ...real } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          ...real,
          testTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['test/chaos/*.test.ts'],
          ...real,
          testTimeout: 900_000,
          fileParallelism: false,
        },
      },
      // Two files of seeds, side by side.
      { test: { name: 'hour', include: ['test/chaos/hour/*.test.ts'], ...real, testTimeout: 300_000 } },
    ],
  },
})
