//! `phach contest apply FILE`: checks a plan, shows what it changes, applies it as a new version.

use std::io::IsTerminal;
use std::path::Path;
use std::path::PathBuf;

use super::house;
use crate::clock;
use crate::contest;
use crate::contest::Plan;
use crate::contest::file::Severity;
use crate::contest::file::listed;
use crate::contest::file::listed::Listed;
use crate::contest::file::listed::Member;
use crate::contest::file::listed::Origin;
use crate::contest::file::listed::Trouble;
use crate::db;
use crate::job;
use crate::job::deadline::Outcome;
use crate::message::roster::Person;
use crate::message::roster::Roster;
use crate::words;
use crate::worker;

/// No list of people is larger.
const MOST_BYTES: u64 = 16 << 20;

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
    let Some((plan, text)) = read(file, &text).await? else {
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

/// Reads a plan with the files of people that it names, and says everything that is wrong. `None` when the plan cannot
/// be applied; else the plan and its whole text, in which the people of the files stand.
async fn read(file: &Path, text: &str) -> anyhow::Result<Option<(Plan, String)>> {
    let (lists, mut problems) = listed::lists(text);
    let mut people = Vec::with_capacity(lists.len());
    if problems.is_empty() {
        for list in lists {
            let Some(members) = roster(file, &list).await? else {
                return Ok(None);
            };
            people.push((list, members));
        }
    }
    let members: Vec<(Listed, Vec<Member>)> = people
        .iter()
        .map(|(list, found)| (list.clone(), found.iter().map(member).collect()))
        .collect();
    let whole = listed::whole(text, &members);
    let (plan, more) = contest::file::parse(&whole.text);
    let named_twice = !problems.is_empty();
    problems.extend(more);
    for problem in &problems {
        let weight = match problem.severity {
            Severity::Error => words::command::ERROR,
            Severity::Warning => words::command::WARNING,
        };
        let place = match whole.origin(problem.line) {
            Origin::Plan(line) => format!("{}:{line}", file.display()),
            Origin::Member { list, member } => {
                let of = people.get(list).and_then(|(list, found)| {
                    let place = found.get(member)?.place;
                    Some(words::excluded::place(&beside(file, list), place))
                });
                of.unwrap_or_else(|| file.display().to_string())
            }
        };
        eprintln!("{place}: {weight}: {}", problem.message());
    }
    if named_twice {
        return Ok(None);
    }
    for (list, found) in &people {
        println!("{}", words::excluded::was_read(&list.file, found.len()));
    }
    Ok(plan.map(|plan| (plan, whole.text)))
}

fn beside(plan: &Path, list: &Listed) -> PathBuf {
    plan.parent().unwrap_or(Path::new("")).join(&list.file)
}

fn member(person: &Person) -> Member {
    Member {
        name: person.name.clone(),
        role: person.role.clone(),
        birth_date: person.birth_date.clone(),
        phone: person.phone.clone(),
        email: person.email.clone(),
    }
}

/// The people of a file beside the plan, read in a worker process. `None` when something is wrong with it, which is said.
async fn roster(plan: &Path, list: &Listed) -> anyhow::Result<Option<Vec<Person>>> {
    let path = beside(plan, list);
    let refuse = |sentence: &str| {
        let (file, line) = (plan.display(), list.line);
        eprintln!("{file}:{line}: {}: {sentence}", words::command::ERROR);
        Ok(None)
    };
    let size = std::fs::metadata(&path).map_or(0, |about| about.len());
    if size > MOST_BYTES {
        return refuse(&words::excluded::trouble(&list.file, Trouble::TooLarge));
    }
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => return refuse(&words::settings::unreadable(&path, &error)),
    };
    let pool = worker::Pool::new(worker::Settings {
        children: 1,
        text_seconds: 30,
        ..worker::Settings::default()
    });
    let roster = match pool.roster(bytes, list.file.clone()).await {
        Ok(roster) => roster,
        Err(worker::Error::Io(error)) => anyhow::bail!("{error}"),
        // Whatever it is, it is no list that a reader survives.
        Err(_) => return refuse(&words::excluded::trouble(&list.file, Trouble::Damaged)),
    };
    match roster {
        Roster::People(people) => Ok(Some(people)),
        Roster::Trouble(trouble) => refuse(&words::excluded::trouble(&list.file, trouble)),
        Roster::Faults(faults) => {
            for (place, fault) in &faults {
                let place = words::excluded::place(&path, *place);
                let sentence = words::excluded::fault(fault);
                eprintln!("{place}: {}: {sentence}", words::command::ERROR);
            }
            Ok(None)
        }
    }
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
