//! `phach restore`: a backup back into an installation with nothing in it.

use std::path::Path;
use std::path::PathBuf;

use anyhow::anyhow;

use super::house;
use crate::config::Config;
use crate::config::Mode;
use crate::db::Db;
use crate::job::backup;
use crate::job::lock::Lock;
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// Thư mục mà “phach backup” đã ghi
    #[arg(value_name = "THƯ MỤC")]
    folder: PathBuf,
    /// In kết quả dạng JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let config = Config::read(config)?;
    let mut bar = house::Late::new(args.json, None);
    let mut progress = |done, all| bar.set(done, all);
    let checked = backup::check(&args.folder, &mut progress).await;
    bar.clear();
    let checked = checked?;

    std::fs::create_dir_all(&config.data)
        .map_err(|error| anyhow!(words::settings::unreadable(&config.data, &error)))?;
    let db = Db::connect(&config.database_url())
        .await
        .map_err(|error| anyhow!(words::command::no_database(&error)))?;
    let _lock = if db.is_lite() {
        let lock = Lock::take(&config.data)?.map_err(|_| anyhow!(words::command::SECOND_SERVE))?;
        Some(lock)
    } else {
        None
    };
    let mut bar = house::Late::new(args.json, None);
    let mut progress = |done, all| bar.set(done, all);
    let restored = backup::restore(&checked, &db, &config.data, &args.folder, &mut progress).await;
    bar.clear();
    db.close().await;
    let restored = restored?;
    let manifest = &checked.manifest;
    if args.json {
        let said = serde_json::json!({
            "made_at": manifest.made_at, "rows": restored.rows, "blobs": restored.blobs,
            "unsure_letters": restored.unsure_letters, "missing": manifest.blobs.missing,
        });
        println!("{said}");
        return Ok(super::DONE);
    }
    let zone = words::time::zone("Asia/Ho_Chi_Minh");
    let at = words::time::instant_exact(manifest.made_at, &zone);
    println!(
        "{}",
        words::backup::restored(&at, restored.rows, restored.blobs, restored.unsure_letters)
    );
    if config.intake.mode == Mode::Move {
        println!("{}", words::backup::MOVED);
    }
    println!("{}", words::backup::NEXT);
    Ok(super::DONE)
}
