'use strict';

/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/packages/*/test/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^@kubernetes-mesos/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
    // A dynamic import names the file that it will be.
    '^(\\.{1,2}/.+)\\.js$': '$1',
  },
  setupFiles: ['<rootDir>/test/support/fuzz-seed.ts'],
  modulePathIgnorePatterns: ['<rootDir>/packages/[^/]+/dist', '<rootDir>/bin'],
  // Generous: a test waits for a condition, and a busy machine takes its time.
  testTimeout: 120_000,
  maxWorkers: 2,
};
