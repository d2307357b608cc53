//! `phach installation`: who this installation is to those it hands entries over to.

use std::path::Path;

use super::house;
use crate::handover::seal;
use crate::job::installation;
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// In dạng JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let (config, db) = house::open(config).await?;
    let (own, _) = installation::key(&db, &config.data).await?;
    db.close().await;
    let fingerprint = seal::fingerprint(&own.public_key).unwrap_or_default();
    if args.json {
        let said = serde_json::json!({
            "uid": own.uid, "public_key": own.public_key, "fingerprint": fingerprint,
        });
        println!("{said}");
    } else {
        println!(
            "{}",
            words::command::installation(&own.uid, &own.public_key, &fingerprint)
        );
    }
    Ok(super::DONE)
}
