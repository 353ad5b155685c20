const TEST_FILE =
  /(?:^|\/)(?:tests?|__tests__|specs?|testing|testdata|fixtures?|__mocks__|mocks?|e2e)\/|(?:^|\/)(?:test_[^/]*|conftest\.[^/]*)$|[._-](?:test|tests|spec)\.[^/]+$|[a-z]Tests?\.[^/]+$/;

/** Whether a path is that of a test or of what only tests use, by the customs of many languages. */
export function isTestFile(path: string): boolean {
  return TEST_FILE.test(path);
}
