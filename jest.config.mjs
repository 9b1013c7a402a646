// Jest runs the TypeScript as native ES modules; swc only strips the types.
/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/environment.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
  injectGlobals: false,
  testTimeout: 60_000,
  maxWorkers: 3,
};
