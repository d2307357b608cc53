//! `phach status`: where everything stands, in numbers.

use std::path::Path;

use serde_json::Value;
use serde_json::json;

use super::house;
use crate::clock;
use crate::db;
use crate::db::Db;
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// In kết quả dạng JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let (_, db) = house::open(config).await?;
    let status = gather(&db).await?;
    if args.json {
        println!("{status}");
    } else {
        print!("{}", words::command::status(&status));
    }
    db.close().await;
    Ok(super::DONE)
}

async fn gather(db: &Db) -> db::Result<Value> {
    let mut contests = Vec::new();
    for (id, slug) in db::contest::all(db).await? {
        let letters: Vec<Value> = db::figures::letters(db, id)
            .await?
            .into_iter()
            .map(|(kind, state, count)| json!({ "kind": kind, "state": state, "count": count }))
            .collect();
        contests.push(json!({
            "slug": slug,
            "plan_version": db::contest::version(db, id).await?,
            "deliveries": counts(db::figures::deliveries_by_state(db, id).await?),
            "messages": counts(db::figures::messages_by_kind(db, id).await?),
            "entries": counts(db::figures::entries_by_state(db, id).await?),
            "timeliness": counts(db::figures::entries_by_timeliness(db, id).await?),
            "queues": counts(db::figures::queued_by_unit(db, id).await?),
            "resends": db::figures::resends(db, id).await?,
            "letters": letters,
            "matters": counts(db::figures::matters(db, id).await?),
        }));
    }
    let mut mailboxes = Vec::new();
    for mailbox in db::mailbox::all(db).await? {
        mailboxes.push(json!({
            "address": mailbox.address,
            "listed_at": mailbox.listed_at,
            "on_server": mailbox.server_count,
            "held": db::delivery::held(db, mailbox.id).await?,
            "failure": mailbox.failure,
        }));
    }
    let jobs: Vec<Value> = db::job::open_by_kind(db)
        .await?
        .into_iter()
        .map(
            |(kind, state, count)| json!({ "kind": kind.as_str(), "state": state, "count": count }),
        )
        .collect();
    Ok(json!({ "now": clock::now(), "contests": contests, "mailboxes": mailboxes, "jobs": jobs }))
}

fn counts(counts: Vec<db::figures::Count>) -> Value {
    counts
        .into_iter()
        .map(|(word, count)| (word, Value::from(count)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
