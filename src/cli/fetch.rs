//! `phach fetch`: one look into every mailbox, mails to disk, nothing else.

use std::path::Path;
use std::sync::Arc;

use super::house;
use crate::db;
use crate::job;
use crate::job::Ctx;
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// In kết quả dạng JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let (config, db) = house::open(config).await?;
    let ctx = Arc::new(Ctx::new(db, config));
    let bar = super::house::spinner(args.json, words::command::FETCHING);
    let reports = job::intake::once(&ctx).await?;
    bar.finish_and_clear();
    db::mailbox::release(&ctx.db, ctx.owner).await?;
    let mut code = super::DONE;
    for report in &reports {
        let address = &report.mailbox.address;
        match &report.result {
            Ok(pass) if args.json => {
                println!(
                    "{}",
                    serde_json::json!({ "mailbox": address, "on_server": pass.on_server, "fetched": pass.fetched, "oversize": pass.oversize })
                );
            }
            Ok(pass) => println!(
                "{}",
                words::command::fetched(address, pass.fetched, pass.on_server)
            ),
            Err(error) => {
                code = super::FAILED;
                let why = error
                    .trouble()
                    .map_or(words::command::OTHER_PROCESS, words::mailbox::trouble);
                if args.json {
                    println!(
                        "{}",
                        serde_json::json!({ "mailbox": address, "error": error.to_string() })
                    );
                } else {
                    println!("{}", words::command::mailbox_unread(address, why));
                }
            }
        }
    }
    if reports.is_empty() && !args.json {
        println!("{}", words::command::NO_MAILBOX);
    }
    ctx.db.close().await;
    Ok(code)
}
