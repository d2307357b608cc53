//! `phach contest apply FILE`: checks a plan, shows what it changes, applies it as a new version.

use std::io::IsTerminal;
use std::path::Path;
use std::path::PathBuf;

use super::house;
use crate::clock;
use crate::contest;
use crate::contest::file::Severity;
use crate::db;
use crate::job;
use crate::job::deadline::Outcome;
use crate::words;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Kiểm tra tệp kế hoạch, cho xem thay đổi rồi áp dụng
    Apply {
        /// Tệp kế hoạch (.toml)
        #[arg(value_name = "TỆP")]
        file: PathBuf,
        /// Chỉ kiểm tra và cho xem thay đổi
        #[arg(long)]
        dry_run: bool,
        /// Áp dụng không hỏi lại
        #[arg(long, short)]
        yes: bool,
    },
    /// In kế hoạch đang áp dụng
    Show {
        /// Tên ngắn của cuộc thi
        #[arg(value_name = "TÊN")]
        slug: Option<String>,
    },
}

pub async fn run(config: &Path, command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Apply { file, dry_run, yes } => apply(config, &file, dry_run, yes).await,
        Command::Show { slug } => {
            let (_, db) = house::open(config).await?;
            let contest = house::contest(&db, slug.as_deref()).await?;
            print!("{}", db::contest::source(&db, contest).await?);
            Ok(super::DONE)
        }
    }
}

async fn apply(config: &Path, file: &Path, dry_run: bool, yes: bool) -> anyhow::Result<u8> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| anyhow::anyhow!(words::settings::unreadable(file, &error)))?;
    let (plan, problems) = contest::file::parse(&text);
    for problem in &problems {
        let weight = match problem.severity {
            Severity::Error => words::command::ERROR,
            Severity::Warning => words::command::WARNING,
        };
        eprintln!(
            "{}:{}: {weight}: {}",
            file.display(),
            problem.line,
            problem.message()
        );
    }
    let Some(plan) = plan else {
        eprintln!("{}", words::command::PLAN_REFUSED);
        return Ok(super::FAILED);
    };
    let (_, db) = house::open(config).await?;
    let old = db::contest::plan_of(&db, &plan.slug).await?;
    let changes = contest::diff::diff(old.as_ref(), &plan);
    if changes.is_empty() {
        println!("{}", words::command::NO_CHANGE);
        return Ok(super::DONE);
    }
    for change in &changes {
        println!("  {}", change.line());
    }
    if dry_run {
        return Ok(super::DONE);
    }
    if !yes && std::io::stdin().is_terminal() && !agreed()? {
        println!("{}", words::command::NOT_APPLIED);
        return Ok(super::DONE);
    }
    let by = std::env::var("USER").unwrap_or_else(|_| "root".into());
    let now = clock::now();
    let mut tx = db.begin().await?;
    let (contest, version) = db::contest::apply(&mut tx, &plan, &text, &by, now).await?;
    let detail = format!("version {version}");
    let event = db::event::Event {
        contest: Some(contest),
        at: now,
        kind: "plan.applied",
        subject: "contest",
        subject_id: contest,
        detail: &detail,
    };
    db::event::record(&mut tx, event).await?;
    let (moved, people) = match &old {
        Some(old) => {
            db::contest::lock(&mut tx, contest).await?;
            let standing = db::contest::standing_in(&mut tx, contest).await?;
            let moved = job::deadline::reclassify(&mut tx, &standing, old, now).await?;
            let people = job::roster::look_again(&mut tx, &standing, old, now).await?;
            (moved, people)
        }
        None => Default::default(),
    };
    let again = match &old {
        Some(old) => job::compare::due::after_plan(&mut tx, contest, old, &plan, now).await?,
        None => false,
    };
    tx.commit().await?;
    println!("{}", words::command::applied(&plan.title, version));
    if moved != Outcome::default() {
        let Outcome {
            in_time,
            late,
            letters,
        } = moved;
        println!("{}", words::deadline::moved(in_time, late, letters));
    }
    if people != job::roster::Outcome::default() {
        println!(
            "{}",
            words::excluded::looked_again(people.found, people.cleared)
        );
    }
    if again {
        println!("{}", words::command::COMPARED_AGAIN);
    }
    Ok(super::DONE)
}

fn agreed() -> anyhow::Result<bool> {
    eprint!("{}", words::command::APPLY_QUESTION);
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(
        crate::text::fold(&answer).as_str(),
        "c" | "co" | "y" | "yes"
    ))
}
