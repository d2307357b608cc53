//! `phach check`: tries everything the last evening will need, and says what to do about what fails.

use std::path::Path;
use std::sync::Arc;

use super::house;
use crate::check;
use crate::check::Level;
use crate::clock;
use crate::job::Ctx;
use crate::words;

#[derive(clap::Args)]
pub struct Args {
    /// In kết quả dạng JSON, mỗi mục một dòng
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let (config, db) = house::open(config).await?;
    let ctx = Arc::new(Ctx::new(db, config));
    let (mut bad, mut careful) = (0, 0);
    check::run(&ctx, clock::now(), |item| {
        let (mark, level) = match item.level {
            Level::Good => ("✓", "good"),
            Level::Careful => {
                careful += 1;
                ("!", "careful")
            }
            Level::Bad => {
                bad += 1;
                ("✗", "bad")
            }
        };
        if args.json {
            println!(
                "{}",
                serde_json::json!({ "level": level, "what": item.what, "say": item.say })
            );
        } else {
            println!("{mark} {}: {}", item.what, item.say);
        }
    })
    .await?;
    if !args.json {
        println!("{}", words::check::summary(bad, careful));
    }
    Ok(if bad == 0 { super::DONE } else { super::FAILED })
}
