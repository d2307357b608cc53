//! `phach backup`: all of the installation but its settings into a folder, while it is at work.

use std::path::Path;
use std::path::PathBuf;

use super::house;
use crate::job::backup;
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// Thư mục của bản sao lưu này: chưa có, hoặc còn trống
    #[arg(value_name = "THƯ MỤC")]
    folder: PathBuf,
    /// In kết quả dạng JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let (config, db) = house::open(config).await?;
    let wheel = house::spinner(args.json, words::backup::READING);
    let mut bar = house::Late::new(args.json, Some(wheel));
    let mut progress = |done, all| bar.set(done, all);
    let manifest = backup::write(&db, &config.data, &args.folder, &mut progress).await;
    bar.clear();
    db.close().await;
    let manifest = manifest?;
    let missing = manifest.blobs.missing.len() as u64;
    if args.json {
        println!("{}", serde_json::to_string(&manifest)?);
    } else {
        let rows = manifest.tables.iter().map(|table| table.rows).sum();
        let blobs = &manifest.blobs;
        println!(
            "{}",
            words::backup::written(&args.folder, rows, blobs.count, blobs.bytes, missing)
        );
    }
    Ok(if missing == 0 {
        super::DONE
    } else {
        super::FAILED
    })
}
