//! `phach verify`: every delivery has a readable blob with its hash.

use std::path::Path;

use super::house;
use crate::blob::Blobs;
use crate::db;
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// In kết quả dạng JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let (config, db) = house::open(config).await?;
    let blobs = Blobs::new(config.data.join("blobs"));
    let stored = db::delivery::blobs(&db).await?;
    let bar = house::bar(args.json, stored.len() as u64);
    let mut bad = Vec::new();
    for (delivery, blob, size) in &stored {
        let whole =
            matches!(blobs.verify(blob).await, Ok(found) if i64::try_from(found.size) == Ok(*size));
        if !whole {
            bad.push(serde_json::json!({ "delivery": delivery, "blob": blob }));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let on_the_way = db::delivery::listed_only(&db).await?;
    if args.json {
        println!(
            "{}",
            serde_json::json!({ "deliveries": stored.len(), "bad": bad, "listed_only": on_the_way })
        );
    } else {
        println!(
            "{}",
            words::command::verified(stored.len() as u64, bad.len() as u64, on_the_way)
        );
        for line in &bad {
            println!("  {line}");
        }
    }
    Ok(if bad.is_empty() {
        super::DONE
    } else {
        super::FAILED
    })
}
