//! `phach import`: mails kept in files (.eml, mbox, Maildir, folders of these) into the mailbox of a unit.

use std::collections::BTreeMap;
use std::fs;
use std::fs::File;
use std::io;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use anyhow::anyhow;
use serde::Serialize;

use super::house;
use crate::db;
use crate::db::mailbox::Mailbox;
use crate::job::Ctx;
use crate::job::import;
use crate::job::import::FromFile;
use crate::message::mbox;
use crate::message::mbox::Mbox;
use crate::words;
use crate::words::import::Refused;

/// Mails stored and committed together.
const GROUP: usize = 64;
/// Bytes after which a group is closed early.
const GROUP_BYTES: usize = 8 << 20;

#[derive(clap::Args)]
pub struct Args {
    /// Tệp .eml, tệp mbox, thư mục Maildir, hoặc thư mục chứa các tệp ấy
    #[arg(required = true, value_name = "TỆP")]
    paths: Vec<PathBuf>,
    /// Hòm thư nhận, như ghi trong kế hoạch; không cần ghi khi chỉ có một
    #[arg(long, value_name = "ĐỊA CHỈ")]
    mailbox: Option<String>,
    /// Giờ nhận của những thư không tự ghi giờ, ví dụ 2019-09-06T16:30:00+07:00; không ghi thì lấy giờ của tệp
    #[arg(long, value_name = "GIỜ")]
    received_at: Option<jiff::Timestamp>,
    /// Mỗi tệp một dòng JSON
    #[arg(long)]
    json: bool,
}

/// What came of a file.
#[derive(Debug, Default, Serialize)]
struct Line {
    file: String,
    /// Mails in it.
    mails: u64,
    /// Of these, taken in now; the others were here before.
    new: u64,
    /// What was left out, in sentences.
    findings: Vec<String>,
}

pub async fn run(config: &Path, args: Args) -> anyhow::Result<u8> {
    let (config, db) = house::open(config).await?;
    let mailbox = mailbox(&db, args.mailbox.as_deref()).await?;
    let ctx = Ctx::new(db, config);
    let mut files = Vec::new();
    let mut lines = BTreeMap::new();
    for path in &args.paths {
        collect(path, true, &mut files, &mut lines);
    }
    let bar = house::bar(args.json, files.len() as u64);
    let default = args.received_at.map(|at| at.as_millisecond());
    for path in &files {
        let line = one(&ctx, &mailbox, path, default).await?;
        lines.insert(path.clone(), line);
        bar.inc(1);
    }
    bar.finish_and_clear();
    ctx.db.close().await;
    let mut code = super::DONE;
    let (mut mails, mut new) = (0, 0);
    for line in lines.values() {
        if !line.findings.is_empty() {
            code = super::FAILED;
        }
        mails += line.mails;
        new += line.new;
        if args.json {
            println!("{}", serde_json::to_string(line)?);
        } else {
            for finding in &line.findings {
                println!("{}: {finding}", line.file);
            }
        }
    }
    if !args.json {
        println!("{}", words::import::done(&mailbox.address, new, mails));
    }
    Ok(code)
}

/// The mailbox that is meant: the one with this address, or the only one.
async fn mailbox(db: &db::Db, address: Option<&str>) -> anyhow::Result<Mailbox> {
    let mut all = db::mailbox::all(db).await?;
    if let Some(address) = address {
        all.retain(|mailbox| mailbox.address.eq_ignore_ascii_case(address));
    }
    match (all.len(), address) {
        (1, _) => all.pop().ok_or_else(|| anyhow!(words::command::NO_MAILBOX)),
        (_, Some(address)) => Err(anyhow!(words::import::no_mailbox(address))),
        (0, None) => Err(anyhow!(words::import::NO_PLAN)),
        (_, None) => {
            let addresses: Vec<&str> = all.iter().map(|one| one.address.as_str()).collect();
            Err(anyhow!(words::import::which_mailbox(&addresses)))
        }
    }
}

/// The files below a path, in the order of their names; what cannot be entered is said. Of a Maildir only what was
/// delivered whole, not its notes and not `tmp`.
fn collect(
    path: &Path,
    named: bool,
    files: &mut Vec<PathBuf>,
    lines: &mut BTreeMap<PathBuf, Line>,
) {
    // A link that a person names is followed; one inside a folder may lead round in a circle.
    let about = if named {
        fs::metadata(path)
    } else {
        fs::symlink_metadata(path)
    };
    let listed = match about {
        Ok(about) if about.is_dir() => below(path),
        Ok(about) if about.is_file() => {
            files.push(path.to_owned());
            return;
        }
        Ok(_) => Err(io::ErrorKind::Unsupported.into()),
        Err(error) => Err(error),
    };
    match listed {
        Ok(listed) => {
            for path in listed {
                collect(&path, false, files, lines);
            }
        }
        Err(error) => {
            let line = Line {
                file: path.display().to_string(),
                findings: vec![Refused::Unreadable(error.to_string()).sentence()],
                ..Line::default()
            };
            lines.insert(path.to_owned(), line);
        }
    }
}

/// What is to be looked at in a folder.
fn below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let maildir = ["cur", "new"].iter().all(|part| folder.join(part).is_dir());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let wanted = match name.as_ref() {
            "cur" | "new" => true,
            // Folders of a Maildir begin with a dot.
            name if maildir => name.starts_with('.') && path.is_dir(),
            name => !name.starts_with('.'),
        };
        if wanted {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Takes the mails of a file in, group by group. What is wrong with the file is in its line; an error is ours.
async fn one(
    ctx: &Ctx,
    mailbox: &Mailbox,
    path: &Path,
    default: Option<i64>,
) -> anyhow::Result<Line> {
    let mut line = Line {
        file: path.display().to_string(),
        ..Line::default()
    };
    let limit = usize::try_from(ctx.config.intake.max_mail_mib << 20).unwrap_or(usize::MAX);
    let (mails, at) = match opened(path, limit) {
        Ok(opened) => opened,
        Err(refused) => {
            line.findings.push(refused.sentence());
            return Ok(line);
        }
    };
    let mut group = Vec::new();
    let mut bytes = 0;
    for mail in mails {
        let raw = match mail {
            Ok(raw) => raw,
            Err(refused) => {
                line.findings.push(refused.sentence());
                continue;
            }
        };
        line.mails += 1;
        bytes += raw.len();
        group.push(FromFile {
            received_at: mbox::received_at(&raw).or(default).unwrap_or(at),
            raw,
        });
        if group.len() == GROUP || bytes >= GROUP_BYTES {
            let taken = import::take(ctx, mailbox, std::mem::take(&mut group)).await?;
            line.new += taken.iter().filter(|new| **new).count() as u64;
            bytes = 0;
        }
    }
    if !group.is_empty() {
        let taken = import::take(ctx, mailbox, group).await?;
        line.new += taken.iter().filter(|new| **new).count() as u64;
    }
    Ok(line)
}

/// The mails of a file, read one by one.
type Mails = Box<dyn Iterator<Item = Result<Vec<u8>, Refused>> + Send>;

/// Opens a file: its mails, and when it was last written (ms UTC), which for a Maildir is when the mail came.
fn opened(path: &Path, limit: usize) -> Result<(Mails, i64), Refused> {
    let unreadable = |error: io::Error| Refused::Unreadable(error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let written = file.metadata().and_then(|about| about.modified());
    let at = written
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .and_then(|age| i64::try_from(age.as_millis()).ok())
        .unwrap_or_default();
    let mut file = BufReader::with_capacity(1 << 16, file);
    let start = file.fill_buf().map_err(unreadable)?;
    if mbox::is_mbox(start) {
        let mails = Mbox::new(file, limit).map(move |mail| match mail {
            Ok(Some(raw)) if mbox::is_mail(&raw) => Ok(raw),
            Ok(Some(_)) => Err(Refused::NoMail),
            Ok(None) => Err(Refused::TooLarge(limit >> 20)),
            Err(error) => Err(Refused::Unreadable(error.to_string())),
        });
        return Ok((Box::new(mails), at));
    }
    if !mbox::is_mail(start) {
        return Err(Refused::NoMail);
    }
    let mut raw = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut raw).map_err(unreadable)?;
    if raw.len() > limit {
        return Err(Refused::TooLarge(limit >> 20));
    }
    Ok((Box::new(std::iter::once(Ok(raw))), at))
}
