//! `phach verify`: every file that a row names (mails, their parts, entries, letters, papers, pages) is there and has its
//! hash.

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
    let deliveries = db::delivery::blobs(&db).await?;
    let mut tx = db.snapshot().await?;
    let named = db::backup::blobs(&mut tx).await?;
    drop(tx);
    let bar = house::bar(args.json, named.len() as u64);
    let mut bad = Vec::new();
    for one in &named {
        // Rows that say no size take what there is: the hash tells the bytes.
        let whole = matches!(blobs.verify(&one.blob).await, Ok(found)
            if one.size.is_none_or(|size| i64::try_from(found.size) == Ok(size)));
        if !whole {
            let of: Vec<i64> = deliveries
                .iter()
                .filter(|(_, blob, _)| *blob == one.blob)
                .map(|(delivery, ..)| *delivery)
                .collect();
            bad.push(serde_json::json!({
                "table": one.named_by, "blob": one.blob, "deliveries": of,
            }));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let on_the_way = db::delivery::listed_only(&db).await?;
    if args.json {
        println!(
            "{}",
            serde_json::json!({
                "deliveries": deliveries.len(), "blobs": named.len(), "bad": bad, "listed_only": on_the_way,
            })
        );
    } else {
        println!(
            "{}",
            words::command::verified(named.len() as u64, bad.len() as u64, on_the_way)
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
