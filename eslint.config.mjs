// House rules that the compiler cannot hold: typed lint, no `any`, owned promises, one logger, arrows between packages.
import { readFileSync, readdirSync } from 'node:fs';
import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const packages = readdirSync(new URL('packages/', import.meta.url));
const SCOPE = '@kubernetes-mesos/';

/** What a package may import of ours is what its package.json declares; nobody reaches into another's files. */
function arrowsOf(name) {
  const manifest = JSON.parse(readFileSync(new URL(`packages/${name}/package.json`, import.meta.url), 'utf8'));
  const allowed = Object.keys(manifest.dependencies ?? {}).filter((dependency) => dependency.startsWith(SCOPE));
  const forbidden = packages.map((other) => SCOPE + other).filter((other) => !allowed.includes(other));
  return {
    files: [`packages/${name}/src/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            ...forbidden.map((other) => ({
              name: other,
              message: `not a dependency of ${name}: see the arrows in docs/architecture.md`,
            })),
            ...(name === 'component-base' ? [] : [{ name: 'winston', message: 'log through component-base' }]),
          ],
          patterns: [{ group: [`${SCOPE}*/*`, '../../*/src/*'], message: 'import the package, not its files' }],
        },
      ],
    },
  };
}

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'packages/*/src/generated/**',
      'bin/**',
      'coverage/**',
      '.cluster/**',
      '**/*.js',
      '**/*.mjs',
      '**/*.cjs',
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: './tsconfig.eslint.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  ...packages.map(arrowsOf),
  {
    files: ['packages/*/test/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  prettier,
);
