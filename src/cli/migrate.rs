//! `phach migrate`: brings the database to the newest schema (every other command does so too when it opens it).

use std::path::Path;

use super::house;
use crate::words;

pub async fn run(config: &Path) -> anyhow::Result<u8> {
    let (_, db) = house::open(config).await?;
    db.close().await;
    println!("{}", words::command::MIGRATED);
    Ok(super::DONE)
}
