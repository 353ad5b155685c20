import BetterSqlite3 from 'better-sqlite3';

// Writes as the cache never does: without a journal and without a sync. The power-cut harness must
// find its files corrupt, or it finds nothing.

const db = new BetterSqlite3(process.argv[2]);
db.pragma('page_size = 8192');
db.pragma('journal_mode = OFF');
db.pragma('synchronous = OFF');
db.exec('CREATE TABLE embedding (id INTEGER PRIMARY KEY, hash BLOB UNIQUE, vector BLOB)');
const insert = db.prepare(
  'INSERT INTO embedding (hash, vector) VALUES (randomblob(64), randomblob(400))',
);
for (let batch = 0; batch < 20; batch++) {
  db.transaction(() => {
    for (let i = 0; i < 20; i++) insert.run();
  })();
}
db.close();
