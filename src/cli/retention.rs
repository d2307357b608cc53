//! `phach retention`: which personal data is due to be removed, and what would go. It only tells.

use std::path::Path;

use super::house;
use crate::clock;
use crate::contest::retention;
use crate::db;
use crate::entry::RemovalState;
use crate::words;
use crate::words::removal::Sums;

#[derive(clap::Args)]
pub struct Args {
    /// In kết quả dạng JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let (_, db) = house::open(config).await?;
    let now = clock::now();
    let removals = db::removal::all(&db).await?;
    for (id, slug) in db::contest::all(&db).await? {
        let plan = db::contest::standing(&db, id).await?.plan;
        let counts = db::removal::counts(&db, id).await?;
        let due = retention::due(&plan);
        let own: Vec<_> = removals
            .iter()
            .filter(|removal| removal.contest_id == id)
            .collect();
        if args.json {
            let removals: Vec<_> = own
                .iter()
                .map(|removal| {
                    serde_json::json!({
                        "id": removal.id, "state": removal.state, "run_at": removal.run_at,
                        "messages": removal.messages, "entries": removal.entries, "files": removal.files,
                        "ended_at": removal.ended_at, "of_person": removal.entry_id.is_some(), "paper": removal.paper,
                    })
                })
                .collect();
            println!(
                "{}",
                serde_json::json!({
                    "contest": slug, "due": due, "is_due": due.is_some_and(|due| due <= now),
                    "messages": counts.messages, "entries": counts.entries, "letters": counts.letters,
                    "files": counts.files, "open_matters": counts.open, "removals": removals,
                })
            );
            continue;
        }
        println!(
            "{}",
            words::removal::contest(&slug, plan.retention.as_ref(), due, now)
        );
        let sums = Sums {
            messages: counts.messages,
            entries: counts.entries,
            files: counts.files,
        };
        println!(
            "{}",
            words::removal::would_go(sums, counts.letters, counts.open)
        );
        let zone = words::time::zone(&plan.zone);
        for removal in own
            .iter()
            .filter(|removal| removal.state != RemovalState::Proposed)
        {
            let sums = Sums {
                messages: removal.messages,
                entries: removal.entries,
                files: removal.files,
            };
            let progress = words::removal::progress(removal.state, removal.run_at, sums, &zone);
            match &removal.paper {
                None => println!("  {progress}"),
                Some(paper) => println!("  {}", words::removal::of_person(paper, &progress)),
            }
        }
    }
    if !args.json {
        println!("{}", words::removal::ONLY_TOLD);
    }
    db.close().await;
    Ok(super::DONE)
}
