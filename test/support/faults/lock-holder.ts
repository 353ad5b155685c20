import BetterSqlite3 from 'better-sqlite3';

// Holds a database's write lock, or an old view of it, until its stdin ends.

const [file, kind] = process.argv.slice(2) as [string, 'exclusive' | 'reader'];
const db = new BetterSqlite3(file);
if (kind === 'exclusive') {
  db.exec('BEGIN EXCLUSIVE');
} else {
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM embedding').get();
}
process.stdout.write('held\n');
process.stdin.resume().on('end', () => {
  db.exec('COMMIT');
  db.close();
});
