//! `phach trace`: what became of a mail, asked by its Message-ID or by a receipt code.

use std::path::Path;

use super::house;
use crate::db;
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// Message-ID của thư (không có dấu < >) hoặc mã tiếp nhận
    #[arg(required = true, value_name = "MÃ")]
    wanted: Vec<String>,
    /// Mỗi thư một dòng JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let (_, db) = house::open(config).await?;
    let mut code = super::DONE;
    for wanted in &args.wanted {
        let bare = wanted.trim().trim_start_matches('<').trim_end_matches('>');
        let Some(message) = db::trace::message(&db, bare).await? else {
            code = super::FAILED;
            if args.json {
                println!("null");
            } else {
                println!("{}", words::command::not_here(wanted));
            }
            continue;
        };
        let trace = db::trace::trace(&db, message).await?;
        if args.json {
            println!("{trace}");
        } else {
            println!("{trace:#}");
        }
    }
    Ok(code)
}
