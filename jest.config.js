/** Tests run as native ES modules; TypeScript is stripped by swc, types are checked by `npm run typecheck`. */
export default {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // `npm run test:production-shape` runs these.
  testPathIgnorePatterns: process.env.ACCORD_PRODUCTION_SHAPE ? [] : ['/test/production-shape/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
  // Its thousands of modules would take a second of each file that calls Square. The global set-up writes the file.
  moduleNameMapper: { '^square$': '<rootDir>/node_modules/.cache/accord/square.cjs' },
  testSequencer: '<rootDir>/test/setup/slow-first.ts',
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  testTimeout: 60_000,
  // Of two cores, two workers leave a third idle: they wait for vendors, timers and processes.
  maxWorkers: 3,
};
