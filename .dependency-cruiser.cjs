// The import arrows of CONTRIBUTING.md, as a failing check.
const core = '^server/src/core';
const stages = [
  'vectors',
  'files',
  'chunks',
  'keys',
  'cache',
  'providers',
  'usage',
  'embed',
  'index',
  'search',
];
const never = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    never('no-cycles', {}, { circular: true }),
    never(
      'vscode-only-in-client',
      { pathNot: '^(client|test/host)/' },
      { path: '^vscode$|@types/vscode|vscode-languageclient' },
    ),
    never(
      'client-sees-protocol-only',
      { path: '^client' },
      { path: '^server', pathNot: '^server/protocol' },
    ),
    never(
      'protocol-imports-nothing',
      { path: '^server/protocol' },
      { pathNot: '^server/protocol' },
    ),
    never(
      'core-knows-no-frontend',
      { path: core },
      { path: '^server/(src/frontends|protocol)|vscode-languageserver|@modelcontextprotocol' },
    ),
    never(
      'frontends-apart',
      { path: '^server/src/frontends/([^/]+)/' },
      { path: '^server/src/frontends/', pathNot: '^server/src/frontends/$1/' },
    ),
    never(
      'cache-and-providers-apart',
      { path: `${core}/(cache|providers)/` },
      { path: `${core}/(cache|providers)/`, pathNot: `${core}/$1/` },
    ),
    ...stages
      .slice(0, -1)
      .map((stage, i) =>
        never(
          `${stage}-imports-left-only`,
          { path: `${core}/${stage}/` },
          { path: `${core}/(${stages.slice(i + 1).join('|')})/` },
        ),
      ),
    never('core-root-is-leaf', { path: `${core}/[^/]+/` }, { path: `${core}/core\\.ts$` }),
    never('no-test-in-product', { path: '^(client|server)' }, { path: '^test' }),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
