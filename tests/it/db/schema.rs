//! One migration text makes the same tables in both databases.

use super::house::on_both_empty;
use super::house::texts;

#[tokio::test]
async fn both_databases_have_the_same_columns() {
    on_both_empty(async |db| {
        // SQLite calls a key of its own making nullable, though every INSERT gives it; PostgreSQL does not.
        let sql = if db.is_lite() {
            "SELECT m.name || '.' || c.name || ' ' || upper(c.type) ||
                 CASE WHEN c.\"notnull\" = 0 AND c.pk = 0 THEN ' or null' ELSE '' END ||
                 coalesce(' default ' || lower(c.dflt_value), '')
             FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'"
        } else {
            "SELECT table_name || '.' || column_name || ' ' || upper(data_type) ||
                 CASE WHEN is_nullable = 'YES' THEN ' or null' ELSE '' END ||
                 coalesce(' default ' || lower(column_default), '')
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'"
        };
        let mut columns = texts(&db, sql).await;
        columns.sort();
        assert!(columns.len() > 150, "only {}", columns.len());
        assert!(columns.contains(&"mailbox.fence BIGINT default 0".to_owned()));
        assert!(columns.contains(&"matter.closed_at BIGINT or null".to_owned()));
        columns
    })
    .await;
}

#[tokio::test]
async fn both_databases_have_the_same_indexes_and_references() {
    on_both_empty(async |db| {
        let sql = if db.is_lite() {
            "SELECT name || CASE WHEN sql LIKE 'CREATE UNIQUE%' THEN ' unique' ELSE '' END ||
                 CASE WHEN sql LIKE '% WHERE %' THEN ' partial' ELSE '' END
             FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
             UNION ALL
             SELECT m.name || '.' || f.\"from\" || ' -> ' || f.\"table\"
             FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'"
        } else {
            "SELECT i.indexname || CASE WHEN i.indexdef LIKE 'CREATE UNIQUE%' THEN ' unique' ELSE '' END ||
                 CASE WHEN i.indexdef LIKE '% WHERE %' THEN ' partial' ELSE '' END
             FROM pg_indexes AS i WHERE i.schemaname = 'public'
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conname = i.indexname)
             UNION ALL
             SELECT k.conrelid::regclass || '.' || a.attname || ' -> ' || k.confrelid::regclass
             FROM pg_constraint AS k JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
             WHERE k.contype = 'f'"
        };
        let mut names = texts(&db, sql).await;
        names.sort();
        assert!(names.contains(&"job_open unique partial".to_owned()));
        assert!(names.contains(&"delivery.mailbox_id -> mailbox".to_owned()));
        names
    })
    .await;
}
